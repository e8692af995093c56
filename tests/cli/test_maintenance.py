"""`vurti maintenance` where no vurti runs, and what shows it. With one: tests/service."""

import json
import time

import pytest

from tests.cli.conftest import Ask, Store
from vurti.model import Awaited, Cancel, Expect, Expectation, Outcome, Row, Vds, VdsStatus
from vurti.model.commit import Commit

S = VdsStatus
HOSTILE = "\x1b[31mred\x07"


def announced(
    id_: str,
    host: str,
    outcome: Outcome = Outcome.OPEN,
    ahead: float = 600,
    why: str = "new memory",
) -> Expectation:
    now = time.time()
    ended_at = None if outcome is Outcome.OPEN else now
    return Expectation(
        id_, Awaited.MAINTENANCE, host, now - 90, now + ahead, why=why, outcome=outcome,
        ended_at=ended_at,
    )  # fmt: skip


def fill(store: Store, hosts: dict[str, VdsStatus], *expectations: Expectation) -> None:
    rows = tuple(Row(Vds(host, status=status)) for host, status in hosts.items())
    store.repository.commit(Commit(1, 1, vdss=rows, expectations=expectations))


def test_where_no_vurti_runs_the_announcement_waits_for_one(store: Store, ask: Ask) -> None:
    fill(store, {"alpha": S.UP})
    told = ask("maintenance", "alpha", "--for", "2h", "--why", "new memory", "--wait", "0.1s")
    assert told.exit_code == 1
    assert "no vurti has taken it in" in told.stderr
    (one,) = store.repository.announcements()
    assert isinstance(one.given, Expect)
    assert (one.given.kind, one.given.thing, one.given.secs, one.given.why) == (
        Awaited.MAINTENANCE, "alpha", 7200.0, "new memory",
    )  # fmt: skip
    assert one.expires_at == pytest.approx(one.announced_at + 7200)


def test_a_host_that_nobody_knows_is_told_with_the_nearest_names(store: Store, ask: Ask) -> None:
    fill(store, {"alpha": S.UP, "beta": S.UP})
    told = ask("maintenance", "alhpa", "--for", "2h")
    assert told.exit_code == 2
    assert "there is no host alhpa (did you mean alpha?)" in told.stderr
    assert store.repository.announcements() == []


@pytest.mark.parametrize(
    "words",
    [(), ("alpha", "--list"), ("alpha", "--for", "soon"), ("alpha", "--end", "--for", "1h")],
)
def test_wrong_use_is_told(store: Store, ask: Ask, words: tuple[str, ...]) -> None:
    fill(store, {"alpha": S.UP})
    assert ask("maintenance", *words).exit_code == 2


def test_one_that_has_come_is_not_announced_again(store: Store, ask: Ask) -> None:
    fill(store, {"alpha": S.MAINTENANCE}, announced("x1", "alpha", Outcome.MET))
    told = ask("maintenance", "alpha", "--for", "9h")
    assert (told.exit_code, store.repository.announcements()) == (1, [])
    assert "alpha is in maintenance already" in told.stderr


def test_the_end_that_is_shown_is_the_hosts_own(store: Store, ask: Ask) -> None:
    row = Row(Vds("alpha", status=S.MAINTENANCE, maintenance_until=2_000_000_000.0))
    met = announced("x1", "alpha", Outcome.MET)
    store.repository.commit(Commit(1, 1, vdss=(row,), expectations=(met,)))
    (told,) = map(json.loads, ask("hosts", "--json").output.splitlines())
    assert told["maintenance"]["until"] == 2_000_000_000.0


def test_to_end_one_that_is_on_its_way_calls_it_off(store: Store, ask: Ask) -> None:
    fill(store, {"alpha": S.PREPARING_FOR_MAINTENANCE}, announced("x1", "alpha"))
    ask("maintenance", "alpha", "--end", "--wait", "0.1s")
    (one,) = store.repository.announcements()
    assert one.given == Cancel("x1")


def test_to_end_one_that_has_come_announces_that_the_host_is_given_back(
    store: Store, ask: Ask
) -> None:
    fill(store, {"alpha": S.MAINTENANCE}, announced("x1", "alpha", Outcome.MET))
    ask("maintenance", "alpha", "--end", "--why", "done", "--wait", "0.1s")
    (one,) = store.repository.announcements()
    assert isinstance(one.given, Expect)
    assert (one.given.kind, one.given.thing, one.given.why) == (Awaited.ACTIVATE, "alpha", "done")


def test_there_is_nothing_to_end_of_a_host_that_is_up(store: Store, ask: Ask) -> None:
    fill(store, {"alpha": S.UP}, announced("x1", "alpha", Outcome.MET))
    told = ask("maintenance", "alpha", "--end")
    assert (told.exit_code, store.repository.announcements()) == (1, [])
    assert "alpha is not in maintenance, it is Up" in told.stderr


def test_hosts_that_are_taken_away_are_listed_until_they_are_back(store: Store, ask: Ask) -> None:
    fill(
        store,
        {"a": S.MAINTENANCE, "b": S.PREPARING_FOR_MAINTENANCE, "c": S.UP, "d": S.MAINTENANCE},
        announced("x0", "a", Outcome.CANCELLED, why="an older one"),
        announced("x1", "a", Outcome.MET, ahead=-90),
        announced("x2", "b", why=HOSTILE),
        announced("x3", "c", Outcome.MET),
        announced("x4", "gone"),
    )
    head, first, second = ask("maintenance", "--list").output.splitlines()
    assert head.split() == ["HOST", "STATUS", "ANNOUNCED", "MAINTENANCE"]
    assert first.split()[:2] == ["a", "Maintenance"]
    assert "was to end 1 min ago: new memory" in first
    assert second.split()[:2] == ["b", "PreparingForMaintenance"]
    assert "until " in second
    assert "\x1b" not in second
    told = [json.loads(line) for line in ask("maintenance", "--list", "--json").output.splitlines()]
    assert [(one["id"], one["thing"]) for one in told] == [("x1", "a"), ("x2", "b")]


def test_hosts_and_explain_show_until_when_and_why(store: Store, ask: Ask) -> None:
    fill(store, {"alpha": S.MAINTENANCE, "beta": S.UP}, announced("x1", "alpha", Outcome.MET))
    head, first, second = ask("hosts").output.splitlines()
    assert head.split()[-1] == "MAINTENANCE"
    assert first.endswith(": new memory")
    assert "until" in first
    assert "until" not in second
    alpha, beta = (json.loads(line) for line in ask("hosts", "--json").output.splitlines())
    assert alpha["maintenance"]["why"] == "new memory"
    assert alpha["maintenance"]["until"] == pytest.approx(time.time() + 600, abs=60)
    assert beta["maintenance"] is None
    page = ask("explain", "host", "alpha").output
    assert "maintenance, announced 1 min ago: new memory" in page
    assert "ends in" in page
    assert "maintenance" not in ask("explain", "host", "beta").output


def test_where_no_host_is_taken_away_there_is_no_column_for_it(store: Store, ask: Ask) -> None:
    fill(store, {"alpha": S.UP})
    assert "MAINTENANCE" not in ask("hosts").output
