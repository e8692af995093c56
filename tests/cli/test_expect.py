"""`vurti expect` where no vurti runs, and what it lists. With one: tests/service."""

import json
import time

import pytest

from tests.cli.conftest import Ask, Store
from vurti.model import Awaited, Expect, Expectation, Outcome, Row, Vds, Vm
from vurti.model.commit import Commit

WEB = Vm("vm1", "web", run_on="alpha")
HOSTILE = "\x1b[31mred\x07 \u202egnp"


def expectation(id_: str, outcome: Outcome = Outcome.OPEN, why: str = "") -> Expectation:
    now = time.time()
    ended_at = None if outcome is Outcome.OPEN else now
    return Expectation(
        id_, Awaited.MIGRATE, "vm1", now - 90, now + 600, why=why, outcome=outcome,
        ended_at=ended_at,
    )  # fmt: skip


def test_where_no_vurti_runs_it_says_so_and_the_announcement_waits_for_one(
    store: Store, ask: Ask
) -> None:
    store.commit(vdss=(Row(Vds("alpha")),), vms=(Row(WEB),))
    words = ("power-off", "web", "--for", "10m", "--why", "a leak", "--wait", "0.1s")
    told = ask("expect", *words)
    assert told.exit_code == 1
    assert "no vurti has taken it in within 0.1 s" in told.stderr
    assert "for one to start" in told.stderr
    (one,) = store.repository.announcements()
    assert isinstance(one.given, Expect)
    assert (one.given.kind, one.given.thing, one.given.secs, one.given.why) == (
        Awaited.POWER_OFF, "vm1", 600.0, "a leak",
    )  # fmt: skip
    assert one.expires_at == pytest.approx(one.announced_at + 600)
    assert one.given.announced_at == pytest.approx(one.announced_at, abs=5)


def test_a_refusal_is_shown_and_leaves_nothing_behind(
    store: Store, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(_secs: float) -> None:  # the vurti that would run meanwhile
        for one in store.repository.announcements():
            store.repository.refuse(one.id, f"no VM {HOSTILE!r} is known")

    monkeypatch.setattr("vurti.cli.announcing.time.sleep", refused)
    told = ask("expect", "reboot", "nobody")
    assert (told.exit_code, told.stdout) == (1, "")
    assert "refused: no VM" in told.stderr
    assert "\x1b" not in told.stderr
    assert store.repository.announcements() == []


def test_what_was_taken_in_and_failed_at_once_is_something_bad(
    store: Store, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcomes = [Outcome.OPEN, Outcome.MET, Outcome.FAILED]

    def taken(_secs: float) -> None:
        (one,) = store.repository.announcements()
        number = 10 - len(outcomes)
        commit = Commit(number, number, expectations=(expectation(one.about, outcomes.pop(0)),))
        store.repository.commit(commit)

    monkeypatch.setattr("vurti.cli.announcing.time.sleep", taken)
    tried = [ask("expect", "migrate", "vm1") for _ in range(3)]
    assert [one.exit_code for one in tried] == [0, 0, 1]
    assert "waited for until" in tried[0].stdout
    assert "failed" in tried[2].stdout


def test_what_is_waited_for_is_listed_and_what_has_ended_when_asked(store: Store, ask: Ask) -> None:
    over = expectation("x1", Outcome.MET)
    waited = (over, expectation("x2", why=HOSTILE), expectation("x3"))
    store.repository.commit(Commit(1, 1, expectations=waited))
    head, second, third = ask("expect", "--list").output.splitlines()
    assert head.split() == ["ID", "KIND", "OF", "HOST", "SINCE", "UNTIL", "OUTCOME", "WHY"]
    assert (second.split()[:3], third.split()[0]) == (["x2", "migrate", "vm1"], "x3")
    assert "\x1b" not in second
    lines = ask("expect", "--list", "--all", "--json").output.splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["x1", "x2", "x3"]
    assert json.loads(lines[1])["why"] == HOSTILE
    assert lines[1].isprintable()
    assert len(ask("expect", "--list", "--all", "--limit", "2").output.splitlines()) == 3


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "say a KIND"),
        (("--list", "--cancel", "x1"), "say a KIND"),
        (("reboot", "vm1", "--list"), "say a KIND"),
        (("reboot",), "say the VM or host"),
        (("dance", "vm1"), "cannot be announced; there are start, shut_down"),
        (("reboot", "twin"), "several VMs are called 'twin'"),
        (("reboot", "vm1", "--for", "soon"), "say 90s, 10m, 2h or 1d"),
        (("reboot", "vm1", "--for", "0"), "no length of time"),
    ],
)
def test_what_cannot_be_meant_is_used_wrongly(
    store: Store, ask: Ask, words: tuple[str, ...], says: str
) -> None:
    store.commit(vms=(Row(WEB), Row(Vm("vm2", "twin")), Row(Vm("vm3", "twin"))))
    told = ask("expect", *words)
    assert told.exit_code == 2
    assert says in " ".join(told.stderr.split())
    assert store.repository.announcements() == []


def test_a_store_that_never_was_is_named(ask: Ask) -> None:
    told = ask("expect", "reboot", "vm1")
    assert told.exit_code == 1
    assert "has vurti run with it yet?" in told.stderr
