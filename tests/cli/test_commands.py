"""The commands that read: what is stored is what is shown, and nothing that is shown can act."""

import json
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.cli.conftest import Ask, Store
from vurti.cli import vurti
from vurti.events import Event, Mark, event
from vurti.model import (
    ExitReason,
    ExitStatus,
    Row,
    Statistics,
    Vds,
    VdsStatistics,
    VdsStatus,
    Vm,
    VmStatus,
)
from vurti.repository import Retention

HOSTILE = "\x1b[31mred\x1b]0;title\x07 [bold]b[/bold] \u202egnp\x9b2J"
ALPHA = Vds("alpha", "east", VdsStatus.UP)
WEB = Vm("vm1", "web", VmStatus.UP, run_on="alpha")


def row(value: Vm | Vds, secs_ago: float = 30.0) -> Row:
    return Row(value, 1, 0.0, time.time() - secs_ago, "a rule")


def added(vm: Vm, number: int = 1) -> Event | None:
    return event(None, vm, id=f"{vm.id}.{number}", seq=number, host="alpha", reason="seen")


def test_hosts_are_listed_with_their_age(
    store: Store, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now)
    store.commit(vdss=(row(ALPHA, 7200.5), row(Vds("beta", "west"))))
    heard = Statistics("alpha", time.time() - 12.5, VdsStatistics(cpu_percent=41.6, vm_count=3))
    store.repository.save_statistics([heard])
    head, alpha, beta = ask("hosts").output.splitlines()
    assert head.split() == ["HOST", "CLUSTER", "STATUS", "VMS", "CPU", "MEMORY", "FREE", "SINCE",
                            "HEARD"]  # fmt: skip
    *what, secs, unit, ago = alpha.split()
    assert what == ["alpha", "east", "Up", "3", "42", "%", "2", "h", "ago"]
    assert (int(secs) >= 12, unit, ago) == (True, "s", "ago")
    assert beta.split() == ["beta", "west", "Unassigned", "30", "s", "ago", "never,", "stale"]


def test_a_host_that_was_not_heard_for_long_is_shown_as_stale(store: Store, ask: Ask) -> None:
    store.commit(vdss=(row(ALPHA),))
    store.repository.save_statistics([Statistics("alpha", time.time() - 600)])
    assert "10 min ago, stale" in ask("hosts").output
    assert json.loads(ask("hosts", "--json").output)["stale"] is True


def test_vms_are_listed_with_why_they_are_down_or_paused(store: Store, ask: Ask) -> None:
    down = Vm("vm2", "db", VmStatus.DOWN, exit_status=ExitStatus.ERROR,
              exit_reason=ExitReason.LOST_QEMU_CONNECTION)  # fmt: skip
    store.commit(vdss=(row(ALPHA),), vms=(row(WEB), row(down)))
    _, first, second = ask("vms").output.splitlines()
    assert first.split()[:5] == ["vm1", "web", "Up", "alpha", "east"]
    assert "Down (Error, LostQEMUConnection)" in second
    assert "stale" not in second


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        ((), ["vm1", "vm2"]),
        (("--status", "Down"), ["vm2"]),
        (("--host", "alpha"), ["vm1"]),
        (("--name", "db"), ["vm2"]),
        (("--cluster", "west"), []),
        (("--limit", "1"), ["vm1"]),
    ],
)
def test_vms_are_chosen_by_what_they_are(
    store: Store, ask: Ask, words: tuple[str, ...], ids: list[str]
) -> None:
    store.commit(vdss=(row(ALPHA),), vms=(row(WEB), row(Vm("vm2", "db", VmStatus.DOWN))))
    lines = ask("vms", "--json", *words).output.splitlines()
    assert [json.loads(line)["id"] for line in lines] == ids


def test_json_lists_more_than_one_page(store: Store, ask: Ask) -> None:
    store.commit(vms=tuple(row(Vm(f"vm{number:04}")) for number in range(1234)))
    ids = [json.loads(line)["id"] for line in ask("vms", "--json").output.splitlines()]
    assert ids == [f"vm{number:04}" for number in range(1234)]


def test_a_table_that_leaves_out_says_so(store: Store, ask: Ask) -> None:
    store.commit(vms=(row(WEB), row(Vm("vm2"))))
    result = ask("vms", "--limit", "1")
    assert len(result.stdout.splitlines()) == 2
    assert result.stderr == "… the first 1; --limit shows more, --json all\n"


@pytest.mark.parametrize("words", [("vms",), ("vms", "--json"), ("events",), ("events", "--json")])
def test_a_name_from_a_guest_cannot_steer_the_terminal(
    store: Store, ask: Ask, words: tuple[str, ...]
) -> None:
    vm = Vm("vm1", HOSTILE, VmStatus.DOWN, exit_message=HOSTILE)
    store.commit(added(vm), vms=(row(vm),))
    output = ask(*words).output
    assert all(line.isprintable() for line in output.splitlines())
    assert "[bold]b[/bold]" in output


def test_events_show_the_last_ones_with_their_cursor(store: Store, ask: Ask) -> None:
    store.commit(*(added(WEB, number) for number in range(1, 61)))
    lines = ask("events").output.splitlines()
    assert [int(line.split()[0]) for line in lines] == list(range(11, 61))
    assert "VmAdded" in lines[0]
    assert len(ask("events", "--limit", "3").output.splitlines()) == 3


def test_events_go_on_after_a_cursor(store: Store, ask: Ask) -> None:
    store.commit(*(added(WEB, number) for number in range(1, 1003)))
    lines = ask("events", "--since", "400", "--json").output.splitlines()
    assert [json.loads(line)["cursor"] for line in lines] == list(range(401, 1003))
    first, second = ask("events", "--since", "400", "--limit", "2", "--json").output.splitlines()
    assert (json.loads(first)["id"], json.loads(second)["id"]) == ("vm1.401", "vm1.402")


@pytest.mark.parametrize(
    ("words", "cursors"),
    [
        (("--vm", "vm2"), [3]),
        (("--host", "beta"), [4]),
        (("--kind", "VmMigrated"), [2]),
        (("--kind", "VmMigrated", "--kind", "VdsStateChanged"), [2, 4]),
        (("--vm", "vm1", "--kind", "VmAdded"), [1]),
        (("--vm", "vm1", "--since", "1"), [2]),
    ],
)
def test_events_are_chosen_by_what_they_are_about(
    store: Store, ask: Ask, words: tuple[str, ...], cursors: list[int]
) -> None:
    there = Vm("vm1", "web", VmStatus.UP, run_on="gamma")
    connecting = event(Vds("beta"), Vds("beta", status=VdsStatus.CONNECTING), id="b", host="beta")
    moved = event(WEB, there, (Mark.MIGRATED,), id="vm1.2", seq=2, host="alpha")
    store.commit(added(WEB), moved, added(Vm("vm2")), connecting)
    lines = ask("events", "--json", *words).output.splitlines()
    assert [json.loads(line)["cursor"] for line in lines] == cursors


def test_a_cursor_from_another_store_is_told(store: Store, ask: Ask) -> None:
    store.commit(added(WEB))
    assert ask("events", "--since", "9").stderr.splitlines() == [
        "the log ends at 1: 9 is not from this store",
        "--snapshot shows how everything stands, and goes on from there",
    ]


def test_a_store_that_is_not_there_is_told_without_a_traceback(ask: Ask) -> None:
    result = ask("vms")
    assert result.exit_code == 1
    assert result.stderr.startswith("vurti: ")


def test_a_snapshot_is_a_line_for_each_host_and_vm_and_the_cursor_to_go_on_from(
    store: Store, ask: Ask
) -> None:
    alpha, web = Row(Vds("alpha", "east"), 1), Row(Vm("web", run_on="alpha"), 2)
    store.commit(event(None, web.value, id="1", seq=2), vdss=(alpha,), vms=(web,))
    lines = [json.loads(line) for line in ask("events", "--snapshot", "--json").output.splitlines()]
    assert [(one["cursor"], one["kind"]) for one in lines] == [(1, "VdsKnown"), (1, "VmKnown")]
    assert (lines[1]["vm"], lines[1]["seq"], lines[1]["before"]) == ("web", 2, None)
    assert lines[1]["cluster"] == "east"
    since = ask("events", "--since", "0", "--snapshot", "--json").output.splitlines()
    assert [json.loads(line)["kind"] for line in since] == ["VmAdded"]  # nothing was forgotten


def test_a_cursor_that_is_too_old_is_told_and_a_snapshot_given(store: Store, ask: Ask) -> None:
    web = Row(Vm("web"), 1)
    store.commit(event(None, web.value, id="1", seq=1), vms=(web,))
    store.commit(event(None, Vm("db"), id="2"))
    store.repository._retention = Retention(log_rows_max=1)
    assert store.repository.prune() == 1
    told = ask("events", "--since", "0", "--json")
    assert told.stderr.splitlines() == [
        "the log has forgotten the events 1 to 1: the first that it has is 2",
        "--snapshot shows how everything stands, and goes on from there",
    ]
    assert [json.loads(line)["vm"] for line in told.stdout.splitlines()] == ["db"]
    told = ask("events", "--since", "0", "--snapshot", "--json")
    assert [json.loads(line)["kind"] for line in told.stdout.splitlines()] == ["VmKnown"]


@pytest.mark.parametrize("command", ["run", "hosts", "vms", "events"])
def test_a_bad_configuration_starts_nothing(config: Path, ask: Ask, command: str) -> None:
    config.write_text("[pol]\n")
    result = ask(command)
    assert result.exit_code == 2
    assert result.stderr == f"{config}:1: pol: unknown table (did you mean `poll`?)\n"
    assert not (config.parent / "v.db").exists()


def test_check_finds_a_bad_configuration_bad(config: Path, ask: Ask) -> None:
    config.write_text("[pol]\n[lgo]\n")
    result = ask("check")
    assert result.exit_code == 1
    assert [line.split(": ")[1] for line in result.stderr.splitlines()] == ["pol", "lgo"]


def test_check_says_what_a_good_configuration_has(config: Path, ask: Ask) -> None:
    result = ask("check")
    assert result.exit_code == 0
    assert result.output == f"{config}: good; 2 hosts, 0 streams; 0 tests, 0 failed\n"


@pytest.mark.parametrize("words", [["bogus"], ["check"], ["check", "/no/such.toml"], ["vms", "-x"]])
def test_wrong_use_exits_with_2(words: list[str]) -> None:
    assert CliRunner().invoke(vurti, words).exit_code == 2
