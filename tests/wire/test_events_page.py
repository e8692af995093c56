"""docs/events.md says what the code has."""

import json
from pathlib import Path

import pytest

from vurti.events import CATALOGUE, KINDS, Counted, Event, Mark, event
from vurti.events.promises import AWAITED, INTENTS
from vurti.model import (
    Awaited,
    Guest,
    Hardware,
    IntentKind,
    NonOperationalReason,
    PauseStatus,
    Vds,
    VdsStatus,
    Vm,
    VmDevice,
    VmStatus,
)
from vurti.model.status import ExitReason, ExitStatus
from vurti.wire.fields import ADDED, OF_A_HOST, OF_A_VM, OF_EVERY_EVENT
from vurti.wire.ndjson import line
from vurti.wire.reference import page

PAGE = Path(__file__).parents[2] / "docs" / "events.md"
WHEN = {"id": "i", "seq": 9, "seq_first": 2, "reason": "r", "times": 2, "restart": True,
        "passed": ("Paused",), "passed_over": 1, "forced": True, "fleeting": True,
        "host": "alpha", "labels": (("team", "night"),)}  # fmt: skip
UP = Vm("v", "web", VmStatus.UP, "alpha")
DOWN = Vm("v", "web", VmStatus.DOWN, exit_status=ExitStatus.ERROR, exit_message="m",
          exit_reason=ExitReason.GENERIC_ERROR)  # fmt: skip
FULL = Vm("v", "web", VmStatus.PAUSED, "alpha", pause_status=PauseStatus.ENOSPC)
BUILT, REBUILT = (
    Vm("v", "web", VmStatus.UP, "alpha", hardware=Hardware(id_, (VmDevice("disk", id_),)))
    for id_ in ("d", "e")
)
BITTEN = Vm("v", "web", VmStatus.UP, "alpha", last_watchdog=5.0)
LEAVING = Vm("v", "web", VmStatus.MIGRATING_FROM, "alpha", migrating_to="beta")
HOST = Vds("alpha", "east", VdsStatus.UP)
UNFIT = Vds("alpha", "east", VdsStatus.NON_OPERATIONAL, NonOperationalReason.GENERAL)
TOLD: list[tuple[Vm | Vds | None, Vm | Vds | None, tuple[Mark, ...]]] = [
    (None, UP, ()),
    (UP, None, ()),
    (UP, None, (Mark.LEFT_SCOPE,)),
    (None, UP, (Mark.JOINED_SCOPE,)),
    (UP, DOWN, (Mark.CRASHED, Mark.ENDED_WITH_ERROR)),
    (UP, FULL, ()),
    (UP, LEAVING, ()),
    (UP, Vm("v", "web", VmStatus.UP, "beta"), (Mark.MIGRATED,)),
    (UP, Vm("v", "web", VmStatus.UP, "beta"), ()),
    (UP, UP, (Mark.REBOOTED,)),
    (BITTEN, BITTEN, (Mark.WATCHDOG,)),
    (BUILT, REBUILT, ()),
    (UP, UP, (Mark.BALLOON_STUCK,)),
    (UP, UP, (Mark.EXPECTATION_FAILED,)),
    (UP, UP, (Mark.SPLIT_BRAIN,)),
    (None, HOST, ()),
    (HOST, None, ()),
    (HOST, None, (Mark.LEFT_SCOPE,)),
    (None, HOST, (Mark.JOINED_SCOPE,)),
    (HOST, UNFIT, (Mark.NON_OPERATIONAL,)),
    (HOST, HOST, (Mark.HIGH_CPU,)),
    (HOST, HOST, (Mark.EXPECTATION_MET,)),
]


COUNTED = Counted(id="c", count=3, secs=60.0, by=(("cluster", "east"),), others=True)


def made() -> list[Event]:
    return [one for told in TOLD if (one := event(*told, rule="x", **WHEN)) is not None] + [COUNTED]


def test_the_page_of_events_is_current() -> None:
    advice = "make it anew: python -m vurti.wire.reference > docs/events.md"
    assert PAGE.read_text(encoding="utf-8") == page(), advice


def test_it_has_every_kind_mark_announcement_and_intent() -> None:
    text = page()
    assert [name for name in KINDS if f"\n### {name}\n" not in text] == []
    assert [mark for mark in CATALOGUE if f"\n| `{mark}` |" not in text] == []
    assert set(AWAITED) == set(Awaited)
    assert set(INTENTS) == set(IntentKind)


def test_every_kind_that_is_news_is_among_the_examples() -> None:
    assert {one.kind for one in made()} == KINDS.keys() - {"VmKnown", "VdsKnown"}


@pytest.mark.parametrize("one", made(), ids=lambda one: one.kind)
def test_a_line_has_no_key_that_the_page_does_not_explain(one: Event) -> None:
    explained = {*OF_EVERY_EVENT, *ADDED.get(type(one), {})}
    explained |= set(OF_A_HOST if isinstance(one.after or one.before, Vds) else OF_A_VM)
    assert json.loads(line(one, 1.0, "east")).keys() - explained == set()


def test_every_key_that_the_page_explains_is_in_some_line() -> None:
    told: dict[str, set[str]] = {}
    for one in made():
        told.setdefault(one.kind, set()).update(json.loads(line(one, 1.0, "east")))
    every = set().union(*told.values())
    assert {*OF_EVERY_EVENT, *OF_A_VM, *OF_A_HOST} - every == set()
    assert {kind.__name__ for kind, added in ADDED.items()
            if not added.keys() <= told[kind.__name__]} == set()  # fmt: skip


def test_a_guest_that_tells_another_address_is_told_as_what_changed() -> None:
    moved = Vm("v", "web", VmStatus.UP, "alpha", guest=Guest(ip="10.0.0.9"))
    (one,) = [event(UP, moved, id="i")]
    assert one is not None
    assert json.loads(line(one, None))["changed"] == ["guest"]
