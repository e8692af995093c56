"""Commands over a store whose fleet is divided: all scopes, by their own cursors."""

import json

import pytest

from tests.cli.conftest import Ask, Store
from vurti.events import Mark, event
from vurti.model import Row, Vds, VdsStatus, Vm, VmStatus
from vurti.model.commit import Commit

UP = Vm("v", "web", VmStatus.UP, "beta")
AWAY = Vm("v", "web", VmStatus.UP, "alpha")


@pytest.fixture
def divided(store: Store) -> None:
    """A VM that went from alpha in the east to beta in the west, and is paused there."""
    east, west = (store.repository.another(f"cluster.{name}") for name in ("east", "west"))
    for scope, host in ((east, Vds("alpha", "east", VdsStatus.UP)), (west, Vds("beta", "west"))):
        scope.start()
        seen = event(None, host, id=f"{host.id}.1", seq=1, seq_first=1)
        scope.commit(Commit(1, 1, (Row(host, 1),), (), (seen,)), 1.0)
    went = (
        event(None, AWAY, id="v.1", seq=1, seq_first=1),
        event(AWAY, UP, (Mark.MIGRATED,), id="v.2", seq=2, seq_first=2),
    )
    east.commit(Commit(2, 2, (), (Row(UP, 2),), went), 2.0)
    left = event(UP, None, (Mark.LEFT_SCOPE,), id="v.3", seq=3, seq_first=3)
    came = event(None, UP, (Mark.JOINED_SCOPE,), id="v.4", seq=4, seq_first=4)
    leaving = Commit(3, 3, (), (Row(UP, 3, deleted=True),), (left,))
    joining = Commit(2, 2, (), (Row(UP, 4),), (came,))
    east.cross(west, (leaving, 3.0), (joining, 3.0), ["v"])
    paused = Vm("v", "web", VmStatus.PAUSED, "beta")
    last = event(UP, paused, id="v.5", seq=5, seq_first=5)
    west.commit(Commit(3, 3, (), (Row(paused, 5),), (last,)), 4.0)


def kinds(text: str) -> list[str]:
    return [json.loads(line)["kind"] for line in text.splitlines()]


@pytest.mark.usefixtures("divided")
def test_a_vm_has_one_story_over_scopes(ask: Ask) -> None:
    told = ask("events", "--vm", "v", "--json")
    assert kinds(told.output) == [
        "VmAdded", "VmMigrated", "VmLeftScope", "VmJoinedScope", "VmStateChanged",
    ]  # fmt: skip
    places = [json.loads(line) for line in told.output.splitlines()]
    assert [(one["scope"], one["cursor"]) for one in places] == [
        ("cluster.east", 2), ("cluster.east", 3), ("cluster.east", 4),
        ("cluster.west", 2), ("cluster.west", 3),
    ]  # fmt: skip


@pytest.mark.usefixtures("divided")
def test_one_goes_on_from_a_cursor_of_each_scope(ask: Ask) -> None:
    told = ask("events", "--since", "cluster.east:3,cluster.west:2")
    places = [line.split()[0] for line in told.output.splitlines()]
    assert places == ["cluster.east:4", "cluster.west:3"]
    told = ask("events", "--since", "cluster.east:4", "--json")
    assert kinds(told.output) == ["VdsAdded", "VmJoinedScope", "VmStateChanged"]


@pytest.mark.usefixtures("divided")
def test_one_scope_is_read_by_its_own_numbers(ask: Ask) -> None:
    told = ask("events", "--scope", "cluster.west", "--since", "1", "--json")
    assert kinds(told.output) == ["VmJoinedScope", "VmStateChanged"]
    assert "scope" not in json.loads(told.output.splitlines()[0])


@pytest.mark.usefixtures("divided")
@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--since", "3"], "'3' is not SCOPE:CURSOR"),
        (["--since", "part.1:3"], "there is no scope part.1; there are cluster.east, cluster.west"),
        (["--scope", "part.1"], "there is no scope part.1 with events"),
        (["--scope", "cluster.east", "--since", "x"], "a cursor is a number"),
    ],
)
def test_what_is_no_cursor_is_refused_with_the_way_out(
    ask: Ask, words: list[str], why: str
) -> None:
    told = ask("events", *words)
    assert told.exit_code == 2
    assert why in told.output


@pytest.mark.usefixtures("divided")
def test_a_snapshot_is_of_all_scopes_at_one_moment(ask: Ask) -> None:
    told = ask("events", "--snapshot", "--json")
    assert sorted(kinds(told.output)) == ["VdsKnown", "VdsKnown", "VmKnown"]


@pytest.mark.usefixtures("divided")
def test_records_of_all_scopes_are_listed_and_explained(ask: Ask) -> None:
    assert [line.split()[0] for line in ask("hosts").output.splitlines()[1:]] == ["alpha", "beta"]
    (vm,) = ask("vms", "--json").output.splitlines()
    assert (json.loads(vm)["run_on"], json.loads(vm)["cluster"]) == ("beta", "west")
    told = json.loads(ask("explain", "vm", "web", "--json").output)
    assert [one["kind"] for one in told["events"]][-2:] == ["VmJoinedScope", "VmStateChanged"]


def test_where_nothing_was_ever_committed_nothing_is_shown(store: Store, ask: Ask) -> None:
    assert (ask("events").output, ask("events").exit_code) == ("", 0)
