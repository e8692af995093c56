"""`vurti explain`: from the state to the answers behind it, and nothing that is shown can act."""

import json
import re
import time

import pytest
from msgspec.structs import replace

from tests.cli.conftest import Ask, Store
from tests.cli.test_commands import ALPHA, HOSTILE, WEB
from vurti.events import Event, Mark, event
from vurti.model import (
    Awaited,
    ExitReason,
    ExitStatus,
    Expectation,
    Intent,
    IntentKind,
    Row,
    Statistics,
    Vm,
    VmStatus,
)
from vurti.model.commit import Commit
from vurti.model.explanation import Explanation, Said, Waiting

NOW = time.time()
DOWN = Vm("vm1", "web", VmStatus.DOWN, exit_status=ExitStatus.ERROR,
          exit_reason=ExitReason.LOST_QEMU_CONNECTION, exit_message="signal 9")  # fmt: skip
RULE = "7.3 ended with an error"


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests may run long after they were read, or slowly: no age may come of that."""
    monkeypatch.setattr(time, "time", lambda: NOW + 1)


def ended() -> Event | None:
    return event(
        WEB, DOWN, (Mark.CRASHED,), id="i", seq=2, rule=RULE, host="alpha", observed_at=NOW - 90,
        reason="its QEMU process is gone: signal 9",
    )  # fmt: skip


WHY = Explanation(
    "vm1",
    NOW - 3,
    accepted=(
        Said("7.2 status", NOW - 4000, "alpha", NOW - 4000.2, "runs", changed=True),
        Said(RULE, NOW - 90, "alpha", NOW - 90.25, "its QEMU process is gone: signal 9",
             changed=True),
    ),
    rejected=(
        Said("7.4 ended where it is not recorded", NOW - 30, "beta"),
        Said("10.3 asked before the last change", NOW - 3, "alpha", NOW - 91, times=64),
    ),
    waiting=(Waiting("forget", NOW + 86_310),),
)  # fmt: skip


def crashed(store: Store, why: Explanation | None = WHY) -> None:
    """A highly available VM that has crashed on alpha."""
    started = Expectation("e", Awaited.START, "vm1", NOW - 60, NOW + 540, "beta", why="by hand")
    restart = Intent("i", IntentKind.RESTART_VM, "vm1", NOW - 90, NOW + 510, based_on=2,
                     reason="lost on alpha", rule="13.1 HA restart")  # fmt: skip
    told = ended()
    assert told is not None
    store.repository.commit(
        Commit(1, 1, (Row(ALPHA, 1, 0.0, NOW - 9000, "R2"),),
               (Row(DOWN, 2, 0.0, NOW - 90, RULE),), (told,), (started,), (restart,))
    )  # fmt: skip
    later = NOW + 86_400  # than the start of the store, whenever that is
    told_now = [replace(why, changed_at=later)] if why else []
    store.repository.save_statistics([Statistics("alpha", NOW - 2)], told_now)


def test_contract_15_a_state_is_explained_by_its_rule_its_answer_and_what_was_rejected(
    store: Store, ask: Ask
) -> None:
    crashed(store)
    output = ask("explain", "vm", "vm1").output
    lines = [re.sub(r"\d\d:\d\d:\d\d", "TIME", line) for line in output.splitlines()]
    assert lines[:7] == [
        "VM web  vm1",
        "  Down (Error, LostQEMUConnection, signal 9)  since TIME, 1 min ago",
        "  no host holds it",
        "",
        "why",
        "  7.3 ended with an error  its QEMU process is gone: signal 9",
        "  on the word of alpha, decided at TIME, asked for 250 ms before",
    ]
    assert re.search(r"before that\n  1 h ago +alpha  7.2 status  runs\n", output)
    assert re.search(r"  3. s ago +beta +7.4 ended where it is not recorded\n", output)
    assert re.search(r"10.3 asked before the last change  \(64 times or more\)\n", output)


def test_contract_15_what_is_waited_for_says_when_and_what_it_would_do(
    store: Store, ask: Ask
) -> None:
    crashed(store)
    output = ask("explain", "vm", "vm1").output
    assert "\nwaiting\n  in 23 h  forgotten, unless it runs again" in output
    start = r"start on beta, announced \d min ago: by hand"
    assert re.search(rf"announced\n  expires in \d min  {start}\n", output)
    assert re.search(r"to be done\n  expires in 8 min  restart_vm: start it again: 13.1 HA restart"
                     r"  lost on alpha\n", output)  # fmt: skip


def test_the_last_events_are_shown_with_their_rules(store: Store, ask: Ask) -> None:
    crashed(store)
    *_, line = ask("explain", "vm", "vm1").output.splitlines()
    assert line.endswith(f"Up → Down  on alpha: its QEMU process is gone: signal 9 [{RULE}]")
    assert "\nevents\n" not in ask("explain", "vm", "vm1", "--events", "0").output


def test_a_vm_is_found_by_its_name_as_well(store: Store, ask: Ask) -> None:
    crashed(store)
    assert ask("explain", "vm", "web").output == ask("explain", "vm", "vm1").output


def test_before_anything_is_stored_of_why_the_log_explains(store: Store, ask: Ask) -> None:
    crashed(store, why=None)
    output = ask("explain", "vm", "vm1").output
    assert f"  {RULE}  its QEMU process is gone: signal 9\n" in output
    assert "the answer behind it is not stored, or not yet" in output


def test_contract_14_how_old_the_last_word_about_a_vm_is_and_that_it_is_stale(
    store: Store, ask: Ask
) -> None:
    store.commit(vdss=(Row(ALPHA),), vms=(Row(WEB, 1, 0.0, NOW - 5000, "7.2 status"),))
    store.repository.save_statistics([Statistics("alpha", NOW - 700)])
    output = ask("explain", "vm", "vm1").output
    assert "  on alpha (Up), last heard 11 min ago, stale\n" in output
    told = json.loads(ask("explain", "vm", "vm1", "--json").output)
    assert (told["stale"], 700 <= told["age_secs"] < 800) == (True, True)


def test_a_host_is_explained_as_well(store: Store, ask: Ask) -> None:
    crashed(store)
    output = ask("explain", "host", "alpha").output
    assert output.startswith("host alpha\n  Up  since ")
    assert re.search(r"\n  last heard \d+ s ago\n", output)


def test_as_json_nothing_is_missing(store: Store, ask: Ask) -> None:
    crashed(store)
    told = json.loads(ask("explain", "vm", "vm1", "--json").output)
    assert (told["id"], told["status"], told["rule"], told["stale"]) == (
        "vm1", "Down", RULE, False,
    )  # fmt: skip
    assert told["decided"] == told["accepted"][-1]
    assert told["decided"]["asked"] == pytest.approx(NOW - 90.25)
    assert [one["times"] for one in told["rejected"]] == [1, 64]
    assert told["waiting"][0]["would"].startswith("forgotten")
    assert [one["id"] for one in (*told["expectations"], *told["intents"])] == ["e", "i"]
    assert [(one["cursor"], one["kind"]) for one in told["events"]] == [(1, "VmStateChanged")]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("vm", "vm2"), "there is no VM vm2 (did you mean vm1?)"),
        (("vm", "wbe"), "there is no VM wbe (did you mean web?)"),
        (("vm", "zzzzzz"), "there is no VM zzzzzz"),
        (("host", "alhpa"), "there is no host alhpa (did you mean alpha?)"),
        (("vm", "x\x1b[2J"), r"there is no VM x\x1b[2J"),
    ],
)
def test_what_is_not_known_is_told_with_what_is_near(
    store: Store, ask: Ask, words: tuple[str, str], said: str
) -> None:
    crashed(store)
    result = ask("explain", *words)
    assert (result.exit_code, result.stderr) == (2, f"vurti: {said}\n")


def test_a_name_that_two_vms_have_is_not_guessed(store: Store, ask: Ask) -> None:
    store.commit(vms=(Row(Vm("vm1", "web")), Row(Vm("vm2", "web"))))
    result = ask("explain", "vm", "web")
    assert (result.exit_code, result.stderr) == (2, "vurti: 2 VMs are called web: vm1, vm2\n")


def test_without_a_store_there_is_no_traceback(ask: Ask) -> None:
    result = ask("explain", "vm", "vm1")
    assert (result.exit_code, result.stderr.startswith("vurti: ")) == (1, True)


@pytest.mark.parametrize("words", [(), ("--json",)])
def test_contract_18_nothing_that_a_guest_or_host_said_can_steer_the_terminal(
    store: Store, ask: Ask, words: tuple[str, ...]
) -> None:
    vm = Vm("vm1", HOSTILE, VmStatus.DOWN, exit_message=HOSTILE)
    said = Said(HOSTILE, NOW, HOSTILE, about=HOSTILE, changed=True)
    expectation = Expectation("e", Awaited.JOB, "vm1", NOW, NOW + 9, job=HOSTILE, why=HOSTILE)
    intent = Intent("i", IntentKind.DESTROY_VM, "vm1", NOW, NOW + 9, HOSTILE, 0, HOSTILE, HOSTILE)
    told = event(None, vm, id="i", seq=1, rule=HOSTILE, reason=HOSTILE, host=HOSTILE)
    assert told is not None
    store.repository.commit(
        Commit(1, 1, (), (Row(vm, 1, 0.0, NOW, HOSTILE),), (told,), (expectation,), (intent,))
    )
    story = Explanation("vm1", time.time(), (said,), (said,), (Waiting(HOSTILE, NOW + 5),))
    store.repository.save_statistics([], [story])
    output = ask("explain", "vm", "vm1", *words).output
    assert output.count("[bold]b[/bold]") >= 8
    assert all(line.isprintable() for line in output.splitlines())
