"""A maintenance that was announced for a time is over when that time is."""

from vurti.model import Awaited, Expect, Vds, VdsStatus
from vurti.testing.fold import Fold

TWO_HOURS = 7200.0


def in_maintenance() -> Fold:
    fold = Fold(hosts=[Vds("A", status=VdsStatus.UP), Vds("B", status=VdsStatus.UP)])
    fold.give(Expect("m", Awaited.MAINTENANCE, "A", why="new memory", secs=TWO_HOURS))
    assert status(fold) is VdsStatus.MAINTENANCE
    return fold


def status(fold: Fold) -> VdsStatus:
    host = fold.vds("A")
    assert host is not None
    return host.status


def test_a_host_is_given_back_when_its_maintenance_is_over() -> None:
    fold = in_maintenance()
    fold.wait(TWO_HOURS - 1)
    assert status(fold) is VdsStatus.MAINTENANCE
    told = len(fold.decisions)
    fold.wait(2)
    assert status(fold) is VdsStatus.UNASSIGNED
    asked = [query for decision in fold.decisions[told:] for query in decision.queries]
    assert ("A", "caps") in [(one.host, one.question) for one in asked]


def test_contract_9_a_maintenance_ends_in_time_though_vurti_starts_in_between() -> None:
    fold = in_maintenance()
    fold.wait(3600)
    fold.restart()
    assert status(fold) is VdsStatus.MAINTENANCE
    fold.wait(3601)
    assert status(fold) is VdsStatus.UNASSIGNED


def test_a_host_that_is_given_back_before_is_not_taken_from_anything_later() -> None:
    fold = in_maintenance()
    fold.give(Expect("a", Awaited.ACTIVATE, "A"))
    assert status(fold) is not VdsStatus.MAINTENANCE
    fold.caps("A")
    fold.stats("A")
    fold.wait(TWO_HOURS)
    assert status(fold) is VdsStatus.UP
    assert not [key for key in fold.timers if key.kind == "maintenance"]
