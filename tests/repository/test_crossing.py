"""Things go from one scope to another in one transaction, whatever happens on the way."""

import itertools
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.repository.conftest import DirectWorker
from vurti.errors import Fenced, StoreError
from vurti.events import Mark, event
from vurti.model import (
    Awaited,
    Expectation,
    Intent,
    IntentKind,
    Row,
    Statistics,
    Vds,
    VdsStatus,
    Vm,
    VmStatistics,
    VmStatus,
)
from vurti.model.commit import Commit, Half
from vurti.model.explanation import Explanation
from vurti.repository import Repository, open_all_for_reading, open_for_reading, open_repository

A, B = Vds("A", "east", VdsStatus.UP), Vds("B", "west", VdsStatus.UP)
V = Vm("v", "web", VmStatus.UP, "B")
WAITED = Expectation("x", Awaited.SHUT_DOWN, "v", 1.0, 1e12)
WANTED = Intent("i", IntentKind.DESTROY_VM, "v", 1.0, 1e12, host="A")
LEFT = event(V, None, (Mark.LEFT_SCOPE,), id="east.v.2", seq=2, seq_first=2)
JOINED = event(None, V, (Mark.JOINED_SCOPE,), id="west.v.3", seq=3, seq_first=3)
LEAVING = Commit(2, 2, vms=(Row(V, 2, deleted=True),), events=(LEFT,))
JOINING = Commit(2, 2, vms=(Row(V, 3, 0.0, 5.0, "r"),), events=(JOINED,))
HALVES: tuple[Half, Half] = ((LEAVING, 11.0), (JOINING, 12.0))


def begun(east: Repository) -> Repository:
    """East has the host A and the VM, which runs on B by now; west has the host B."""
    west = east.another("west")
    east.start()
    west.start()
    seen = event(None, V, id="east.v.1", seq=1, seq_first=1)
    at_a = event(None, A, id="east.A.1", seq=1, seq_first=1)
    row = Row(V, 1, 0.0, 5.0, "r")
    east.commit(Commit(1, 1, (Row(A, 1),), (row,), (at_a, seen), (WAITED,), (WANTED,)), 1.0)
    at_b = event(None, B, id="west.B.1", seq=1, seq_first=1)
    west.commit(Commit(1, 1, (Row(B, 1),), events=(at_b,)), 1.0)
    sampled = Statistics("A", 2.0, vms={"v": VmStatistics(cpu_percent=7.0)})
    east.save_statistics([sampled], [Explanation("v", 2.0)])
    return west


def standing(url: str) -> dict[str, Any]:
    """All that the store has, scope by scope."""
    told: dict[str, Any] = {}
    for scope in ("east", "west"):
        with open_for_reading(url, scope) as reader:
            told[scope] = {
                "vms": {one.value.id: (one.value, one.seq) for one in reader.vdss.vms.list()},
                "log": [(one.cursor, one.committed_at, one.event.id) for one in reader.log()],
                "waited": [one.id for one in reader.expectations.list()],
                "wanted": [one.id for one in reader.intents.list()],
                "told": [one.thing for one in reader.explanations.list()],
                "sampled": [
                    one.statistics.cpu_percent for one in reader.vdss.vms.list() if one.statistics
                ],
            }
    return told


BEFORE = {
    "east": {
        "vms": {"v": (V, 1)}, "log": [(1, 1.0, "east.A.1"), (2, 1.0, "east.v.1")],
        "waited": ["x"], "wanted": ["i"], "told": ["v"], "sampled": [7.0],
    },
    "west": {
        "vms": {}, "log": [(1, 1.0, "west.B.1")],
        "waited": [], "wanted": [], "told": [], "sampled": [],
    },
}  # fmt: skip
AFTER = {
    "east": {
        "vms": {}, "waited": [], "wanted": [], "told": [], "sampled": [],
        "log": [(1, 1.0, "east.A.1"), (2, 1.0, "east.v.1"), (3, 12.0, "east.v.2")],
    },
    "west": {
        "vms": {"v": (V, 3)}, "log": [(1, 1.0, "west.B.1"), (2, 12.0, "west.v.3")],
        "waited": ["x"], "wanted": ["i"], "told": ["v"], "sampled": [7.0],
    },
}  # fmt: skip


@pytest.fixture
def east(opened: Callable[..., Repository]) -> Repository:
    return opened("east")


def test_a_vm_goes_with_its_sample_and_all_that_is_promised_and_told_of_it(
    east: Repository, url: str
) -> None:
    west = begun(east)
    assert standing(url) == BEFORE
    assert east.cross(west, *HALVES, ["v"]) == (3, 2)
    assert standing(url) == AFTER


def test_a_crossing_whose_outcome_was_unknown_is_recognised(east: Repository, url: str) -> None:
    west = begun(east)
    for _ in range(2):
        assert east.cross(west, *HALVES, ["v"]) == (3, 2)
    assert standing(url) == AFTER


def test_both_go_on_behind_a_crossing(east: Repository, url: str) -> None:
    west = begun(east)
    east.cross(west, *HALVES, ["v"])
    paused = Vm("v", "web", VmStatus.PAUSED, "B")
    told = event(V, paused, id="west.v.4", seq=4, seq_first=4)
    assert west.commit(Commit(3, 3, vms=(Row(paused, 4),), events=(told,))) == 3
    assert east.commit(Commit(3, 3, (Row(A, 2),))) == 3
    assert standing(url)["west"]["vms"] == {"v": (paused, 4)}


def test_where_another_start_has_one_of_the_scopes_nothing_crosses(
    east: Repository, url: str
) -> None:
    west = begun(east)
    east.another("west").start()
    with pytest.raises(Fenced):
        east.cross(west, *HALVES, ["v"])
    assert standing(url) == BEFORE


def test_intents_that_cross_are_news_to_who_reads_the_other_scope(east: Repository) -> None:
    west = begun(east)
    read = west.commits()
    east.cross(west, *HALVES, ["v"])
    assert [one.intent.id for one in west.intent_changes(read)] == ["i"]


def test_the_next_start_finds_each_thing_in_its_scope(
    east: Repository, opened: Callable[..., Repository]
) -> None:
    west = begun(east)
    east.cross(west, *HALVES, ["v"])
    east.close()
    again = opened("east")
    assert again.scopes() == ["east", "west"]
    loaded = again.start(), again.another("west").start()
    assert [[row.value.id for row in one.vms] for one in loaded] == [[], ["v"]]
    assert [[one.id for one in scope.expectations] for scope in loaded] == [[], ["x"]]
    assert loaded[0].forgotten["v"] == 2


def test_clusters_keep_the_scope_that_they_were_dealt_to(
    east: Repository, opened: Callable[..., Repository]
) -> None:
    east.start()
    assert east.memberships() == {}
    east.deal({"east": "part.1", "": "part.2"})
    east.deal({"east": "part.1", "": "part.1", "north\ud800": "part.2"})
    east.close()
    assert opened("east").memberships() == {"east": "part.1", "": "part.1", "north?": "part.2"}


def test_the_logs_of_all_scopes_are_read_as_one_in_the_order_of_each_thing(
    east: Repository, url: str
) -> None:
    west = begun(east)
    east.cross(west, *HALVES, ["v"])
    with open_all_for_reading(url) as reader:
        assert [one.event.id for one in reader.history("v")] == ["east.v.1", "east.v.2", "west.v.3"]
        logs = reader.logs({"east": 2})
        assert [one.place for one in logs.all(1)] == ["west:1", "east:3", "west:2"]
        assert logs.cursors == {"east": 3, "west": 2}
        assert logs.bounds() == {"east": (1, 3), "west": (1, 2)}
        assert [one.value.id for one in reader.vdss.list()] == ["A", "B"]
        assert [one.value.id for one in reader.vdss.vms.by_host("B")] == ["v"]
        assert reader.explanations.get("v") is not None
        assert [one.cursor for one in reader.snapshots()] == [3, 2]


@pytest.mark.parametrize("page", [1, 2, 3, 4, 5])
def test_of_many_that_cross_none_joins_before_it_leaves_wherever_a_page_ends(
    east: Repository, url: str, page: int
) -> None:
    west = east.another("aaa")  # read before east, by its name
    east.start()
    west.start()
    names = [f"vm{number}" for number in range(5)]
    seen = [event(None, Vm(vm), id=f"e.{vm}.1", seq=1, seq_first=1) for vm in names]
    left = [event(Vm(vm), None, LEFT.marks, id=f"e.{vm}.2", seq=2, seq_first=2) for vm in names]
    came = [event(None, Vm(vm), JOINED.marks, id=f"w.{vm}.3", seq=3, seq_first=3) for vm in names]
    rows = [Row(Vm(vm), 1) for vm in names]
    east.commit(Commit(1, 1, vms=tuple(rows), events=tuple(seen)), 1.0)
    gone = tuple(Row(Vm(vm), 2, deleted=True) for vm in names)
    there = tuple(Row(Vm(vm), 3) for vm in names)
    leaving, joining = Commit(2, 2, (), gone, tuple(left)), Commit(1, 1, (), there, tuple(came))
    east.cross(west, (leaving, 5.0), (joining, 5.0), names)
    with open_all_for_reading(url) as reader:
        told = [one.logged.event for one in reader.logs().all(page)]
    assert len(told) == 15
    for vm in names:
        assert [one.seq for one in told if one.thing == vm] == [1, 2, 3]


class Refused(sqlite3.Connection):
    """Fails at the statement whose turn it is; `at` counts from there."""

    left = 0

    def execute(self, sql: str, *args: Any) -> Any:
        self._turn(sql)
        return super().execute(sql, *args)

    def executemany(self, sql: str, *args: Any) -> Any:
        self._turn(sql)
        return super().executemany(sql, *args)

    def _turn(self, sql: str) -> None:
        Refused.left -= 1
        if Refused.left == 0 and sql != "rollback":
            raise sqlite3.OperationalError("injected")


def test_refused_at_each_statement_all_of_a_crossing_is_stored_or_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect = sqlite3.connect
    monkeypatch.setattr(
        sqlite3, "connect", lambda *args, **more: connect(*args, factory=Refused, **more)
    )
    whole, worker = tmp_path / "whole.db", DirectWorker()
    with open_repository(f"sqlite:///{whole}", "east", worker) as first:
        begun(first)
    for number in itertools.count(1):
        url = f"sqlite:///{tmp_path / f'{number}.db'}"
        shutil.copy(whole, tmp_path / f"{number}.db")
        with open_repository(url, "east", worker) as east:
            west = east.another("west")
            east.start()
            west.start()
            Refused.left = number
            try:
                east.cross(west, *_anew(HALVES), ["v"])
            except StoreError:
                assert Refused.left <= 0
                assert standing(url) == BEFORE, number
                east.cross(west, *_anew(HALVES), ["v"])  # as its writer does
                done = False
            else:
                done = Refused.left > 0
            Refused.left = 0
            assert standing(url) == AFTER, number
        if done:
            assert number > 10
            return


def _anew(halves: tuple[Half, Half]) -> tuple[Half, Half]:
    """As a start numbers them that has decided nothing before."""
    (left, at), (joined, then) = halves
    first = {"number_first": 1, "number_last": 1}
    from msgspec.structs import replace

    return (replace(left, **first), at), (replace(joined, **first), then)
