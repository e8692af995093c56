"""Server-sent events that come in pieces, cut anywhere."""

import random

import pytest

from tests.browser.modules import Modules

pytestmark = pytest.mark.chromium
SENT = (
    'retry: 2000\n\n: still here\nid: 7\n\nid: 8\nevent: VmAdded\ndata: {"a":"x: y"}\n\n'
    'event: scope\ndata: {"scope":"east"}\n\nid: 9\nevent: resync\ndata: {}\n\n'
    "event: bye\ndata: {}\n\n"
)
TOLD = [
    {"kind": "message", "data": None, "id": "7"},
    {"kind": "VmAdded", "data": '{"a":"x: y"}', "id": "8"},
    {"kind": "scope", "data": '{"scope":"east"}', "id": None},
    {"kind": "resync", "data": "{}", "id": "9"},
    {"kind": "bye", "data": "{}", "id": None},
]
PARSE = """
const { Parser } = await load("sse.js");
return args.map((pieces) => {
  const told = [];
  const parser = new Parser((event) => told.push(event));
  for (const piece of pieces) parser.take(piece);
  return told;
});
"""


def cut(seed: int) -> list[str]:
    places = sorted(random.Random(seed).sample(range(len(SENT)), seed % 40))
    return [SENT[a:b] for a, b in zip([0, *places], [*places, len(SENT)], strict=True)]


def test_however_it_is_cut_the_same_events_come_out(page: Modules) -> None:
    every = [cut(seed) for seed in range(60)] + [list(SENT)]
    assert page.run(PARSE, *every) == [TOLD] * len(every)


def test_half_an_event_is_no_event(page: Modules) -> None:
    assert page.run(PARSE, [SENT[:-1]]) == [TOLD[:-1]]
