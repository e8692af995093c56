"""What an event is called on the page: everything that vurti can tell has its word and its tone."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.modules import Modules, modules
from vurti.events import CATALOGUE, KINDS, Severity
from vurti.events.catalogue import OF_VDSS
from vurti.model import PauseStatus, VdsStatus, VmStatus

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.chromium
TOLD = """
const { told } = await load("told.js");
return args[0].map(told).map(({ words, tone, weight }) => [words, tone, weight]);
"""
SMALL, STEP, MARK = 0, 1, 2
NEVER_LOGGED = {"VmKnown", "VdsKnown", "Counted"}


@pytest.fixture(scope="module")
def page(browser: "Browser") -> Iterator[Modules]:
    with modules(browser) as made:
        yield made


def vm(before: str | None, after: str | None, **more: Any) -> dict[str, Any]:
    """An event of a VM, as far as its words rest on it."""
    return {"kind": "VmStateChanged", "vm": "v", "before": before, "after": after} | more


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (vm("Up", "Down", marks=["crashed", "ended_with_error"]), "crashed"),
        (vm("Up", "Down", marks=["ended"]), "shut down"),
        (vm("Up", "Paused", pause_status="EIO"), "paused by an error"),
        (vm("Up", "Paused", marks=["paused", "paused_enospc"]), "paused: no disk space left"),
        (vm("Paused", "Up"), "runs on"),
        (vm("PoweringUp", "Up"), "runs"),
        (vm("MigratingTo", "Up"), "arrived"),
        (vm("MigratingFrom", "Up", marks=["migration_failed"]), "migration failed"),
        (vm("NotResponding", "Up"), "responds again"),
        (vm("Down", "Up"), "started"),
        (vm("Up", "Up", changed=["guest"]), "details changed"),
        (vm("Up", "Up", marks=["console_disconnected"]), "console closed"),
        (vm("Up", "MigratingFrom", marks=["console_disconnected"]), "migrating away"),
        (vm(None, "Up", kind="VmAdded"), "first seen"),
        (vm("Up", "Up", kind="VmSplitBrainDetected", marks=["split_brain"]),
         "runs on two hosts at once"),
        ({"kind": "VdsStateChanged", "host": "a", "before": "Connecting", "after": "Up"},
         "answers, and is fit"),
    ],
)  # fmt: skip
def test_an_event_is_called_what_it_means(page: Modules, event: dict[str, Any], words: str) -> None:
    assert page.run(TOLD, [event])[0][0] == words


def test_every_mark_of_an_error_stands_out_in_the_colour_of_trouble(page: Modules) -> None:
    errors = [mark for mark, meaning in CATALOGUE.items() if meaning.severity is Severity.ERROR]
    events = [marked(mark) for mark in errors]
    found = dict(zip(errors, page.run(TOLD, events), strict=True))
    assert {mark: one for mark, one in found.items() if one[1:] != ["bad", MARK]} == {}


def test_no_mark_of_a_warning_looks_as_if_all_were_well(page: Modules) -> None:
    warnings = [mark for mark, meaning in CATALOGUE.items() if meaning.severity is Severity.WARNING]
    found = dict(zip(warnings, page.run(TOLD, [marked(one) for one in warnings]), strict=True))
    fine = {"slow", "bad", "stale"}
    assert {mark: one for mark, one in found.items() if one[1] not in fine} == {}


def marked(mark: str) -> dict[str, Any]:
    """An event that has this mark, and nothing else to tell."""
    severity = str(CATALOGUE[mark].severity)  # type: ignore[index]  a mark is its text
    more = {"marks": [str(mark)], "severity": severity, "before": "Up", "after": "Up"}
    if mark in OF_VDSS:
        return {"kind": "VdsAlerted", "host": "a"} | more
    return {"kind": "VmAlerted", "vm": "v"} | more


def test_every_kind_of_event_can_be_chosen_in_the_feed(page: Modules) -> None:
    kinds = page.run('return (await load("feed/kinds.js")).KINDS;')
    assert set(kinds) == set(KINDS) - NEVER_LOGGED


FACES = """
const { standingOf } = await load("told.js");
const { TONES, faceOf } = await load("words.js");
const vms = args[0].map(([status, pause]) => standingOf(faceOf(status, pause, null), false));
const hosts = args[1].map((status) => standingOf(status, true));
return [...vms, ...hosts].map(({ word, tone }) => Boolean(word) && TONES.includes(tone));
"""


def test_every_status_has_a_word_and_a_colour(page: Modules) -> None:
    vms = [(str(one), "NONE") for one in VmStatus] + [("Paused", str(one)) for one in PauseStatus]
    assert all(page.run(FACES, vms, [str(one) for one in VdsStatus]))


def test_what_is_told_of_nothing_but_its_reason_is_shown_without_what_no_screen_should_obey(
    page: Modules,
) -> None:
    event = vm("Up", "Up", kind="VmAlerted", reason="\u202eevil\x1b[31m")
    assert page.run(TOLD, [event])[0][0] == "\\u{202e}evil\\u{1b}[31m"
