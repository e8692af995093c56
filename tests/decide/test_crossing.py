"""VMs and hosts whose words, or who themselves, go over the border of a scope."""

import pytest
from msgspec import to_builtins

from vurti.decide import Rules
from vurti.events import (
    Event,
    Mark,
    VdsJoinedScope,
    VdsLeftScope,
    VmAdded,
    VmExpectationEnded,
    VmJoinedScope,
    VmLeftScope,
    VmMigrated,
    VmRemoved,
    VmSplitBrainDetected,
    VmStateChanged,
)
from vurti.model import (
    Absence,
    Awaited,
    Begun,
    ExitReason,
    Expect,
    Foreign,
    Hearsay,
    Host,
    IntentKind,
    Miss,
    Missed,
    Push,
    Question,
    Row,
    Snapshot,
    Vds,
    VdsStatus,
    Vm,
    VmReport,
    VmStatesAnswer,
    VmStatus,
)
from vurti.testing.fold import Fold, Recorded, down, full, report
from vurti.testing.scoped_fold import ScopedFold

S = VmStatus
SCOPE_OF = {"A": "east", "B": "west", "C": "west"}
LEFT_JOINED = [VmLeftScope, VmJoinedScope]


@pytest.fixture
def fleet() -> ScopedFold:
    """Hosts that are Up, A in the east with the VM v, B and C in the west; all were heard."""
    fold = ScopedFold(
        [Host(name) for name in SCOPE_OF],
        SCOPE_OF,
        Rules(intents=tuple(IntentKind)),
        {
            "east": recorded(Vds("A", status=VdsStatus.UP), Vm("v", status=S.UP, run_on="A")),
            "west": recorded(Vds("B", status=VdsStatus.UP), Vds("C", status=VdsStatus.UP)),
        },
    )
    for host, vms in (("A", {"v": S.UP}), ("B", {}), ("C", {})):
        poll(fold, host, **vms)
    fold.decisions.clear()
    return fold


def recorded(*things: Vds | Vm) -> Recorded:
    rows = [Row(one, seq=7) for one in things]
    vdss = tuple(row for row in rows if isinstance(row.value, Vds))
    return Recorded(vdss, tuple(row for row in rows if isinstance(row.value, Vm)), (), ())


def poll(fold: ScopedFold, host: str, absence: Absence = Absence.GONE, **vms: object) -> None:
    """A complete answer. A second passes first."""
    fold.fire(fold.at + 1)
    reports = {vm: full(said) for vm, said in vms.items()}  # type: ignore[arg-type] # of a test
    fold.give(Snapshot(host, fold.at - 0.1, VmStatesAnswer(reports, absence=absence)))


def push(fold: ScopedFold, host: str, **vms: VmReport) -> None:
    fold.fire(fold.at + 1)
    fold.give(Push(host, vms))


def kinds(events: list[Event], thing: str = "v") -> list[type[Event]]:
    return [type(one) for one in events if one.thing == thing]


def test_contract_4_a_migration_between_scopes_is_one_story_told_by_one(fleet: ScopedFold) -> None:
    push(fleet, "A", v=report(S.MIGRATING_FROM))
    push(fleet, "B", v=report(S.MIGRATING_TO))
    push(fleet, "B", v=report(S.UP, begun=Begun.MIGRATED))
    push(fleet, "A", v=down(reason=ExitReason.MIGRATION_SUCCEEDED))
    poll(fleet, "A")
    poll(fleet, "B", v=S.UP)

    assert kinds(fleet.events) == [VmStateChanged, VmStateChanged, VmMigrated, *LEFT_JOINED]
    told = [(scope, one.kind) for scope, made in fleet.decisions for one in made.events]
    assert told[-3:] == [("east", "VmMigrated"), ("east", "VmLeftScope"), ("west", "VmJoinedScope")]
    assert (fleet.vm("v"), fleet.scope("v")) == (Vm("v", status=S.UP, run_on="B"), "west")


def test_the_sequence_of_a_vm_goes_on_over_scopes_and_its_ends_adjoin(fleet: ScopedFold) -> None:
    push(fleet, "A", v=report(S.MIGRATING_FROM))
    push(fleet, "B", v=report(S.UP, begun=Begun.MIGRATED))
    push(fleet, "B", v=report(S.PAUSED))
    events = [one for one in fleet.events if one.thing == "v"]
    assert [one.seq for one in events] == list(range(8, 8 + len(events)))
    crossed = {type(one): one for one in events if type(one) in LEFT_JOINED}
    assert crossed[VmLeftScope].before == crossed[VmJoinedScope].after
    assert (crossed[VmLeftScope].after, crossed[VmJoinedScope].before) == (None, None)
    assert events[-1].before == crossed[VmJoinedScope].after
    assert len({one.id for one in events}) == len(events)


def test_contract_7_a_vm_that_was_removed_in_one_scope_counts_on_in_another(
    fleet: ScopedFold,
) -> None:
    push(fleet, "A", v=report(S.MIGRATING_FROM))
    push(fleet, "B", v=report(S.UP, begun=Begun.MIGRATED))
    poll(fleet, "A")
    poll(fleet, "B", v=down())
    poll(fleet, "B")
    fleet.fire(fleet.at + 86_401)
    poll(fleet, "A", v=S.UP)
    events = [one for one in fleet.events if one.thing == "v"]
    assert kinds(events)[-2:] == [VmRemoved, VmAdded]
    assert [one.seq for one in events] == list(range(8, 8 + len(events)))


def test_both_decisions_of_a_crossing_bear_its_name(fleet: ScopedFold) -> None:
    push(fleet, "A", v=report(S.MIGRATING_FROM))
    push(fleet, "B", v=report(S.UP, begun=Begun.MIGRATED))
    crossing = [(scope, made.crossing) for scope, made in fleet.decisions if made.crossing]
    assert [scope for scope, _ in crossing] == ["east", "west"]
    assert len({name for _, name in crossing}) == 1


def test_a_row_that_crosses_says_when_and_why_it_became_so(fleet: ScopedFold) -> None:
    push(fleet, "A", v=report(S.MIGRATING_FROM))
    push(fleet, "B", v=report(S.UP, begun=Begun.MIGRATED))
    migrated = next(one for one in fleet.events if isinstance(one, VmMigrated))
    row = fleet.views["west"].vms["v"]
    assert (row.rule, row.observed_at) == (migrated.rule, migrated.observed_at)
    assert row.seq == migrated.seq + 2


def test_contract_5_split_brain_over_two_scopes_is_told_once(fleet: ScopedFold) -> None:
    for _ in range(4):
        poll(fleet, "B", v=report(S.UP, begun=Begun.BOOTED))
        poll(fleet, "A", v=S.UP)
    assert kinds(fleet.events) == [VmSplitBrainDetected]
    assert fleet.scope("v") == "east"


def test_a_vm_that_arrives_before_its_source_has_spoken_is_added_once(fleet: ScopedFold) -> None:
    push(fleet, "B", w=report(S.MIGRATING_TO))
    poll(fleet, "A", v=S.UP, w=S.UP)
    assert kinds(fleet.events, "w") == [VmAdded, *LEFT_JOINED]
    assert fleet.scope("w") == "east"
    push(fleet, "A", w=down(reason=ExitReason.MIGRATION_SUCCEEDED))
    assert kinds(fleet.events, "w")[3:] == [VmMigrated, *LEFT_JOINED]


def test_a_vm_that_is_down_stays_until_it_starts_elsewhere(fleet: ScopedFold) -> None:
    poll(fleet, "A", v=down())
    assert fleet.scope("v") == "east"
    poll(fleet, "B", v=report(S.UP, begun=Begun.BOOTED))
    assert (fleet.vm("v").run_on, fleet.scope("v")) == ("B", "west")


def test_what_was_announced_of_a_vm_goes_along_and_ends_there(fleet: ScopedFold) -> None:
    fleet.give(Expect("x1", Awaited.MIGRATE, "v", "B"))
    fleet.give(Expect("x2", Awaited.SHUT_DOWN, "v", secs=100))
    push(fleet, "A", v=report(S.MIGRATING_FROM))
    push(fleet, "B", v=report(S.UP, begun=Begun.MIGRATED))
    ended = [one for one in fleet.events if isinstance(one, VmExpectationEnded)]
    assert [one.reason for one in ended] == ["migrate met: 7.4 migrated"]
    assert [one.id for one in fleet.views["west"].expectations] == ["x2"]
    assert list(fleet.views["east"].expectations) == []
    fleet.fire(fleet.at + 101)
    last = fleet.events[-1]
    assert (last.kind, last.after) == ("VmExpectationEnded", fleet.vm("v"))
    assert fleet.decisions[-1][0] == "west"


def test_contract_1_a_vm_at_a_silent_host_of_another_scope_is_unknown(fleet: ScopedFold) -> None:
    push(fleet, "A", v=report(S.MIGRATING_FROM))
    push(fleet, "B", v=report(S.MIGRATING_TO))
    fleet.fire(fleet.at + 400)
    while fleet.vds("B").status is not VdsStatus.NON_RESPONSIVE:
        poll(fleet, "A", v=S.MIGRATING_FROM)
        poll(fleet, "C")
        fleet.give(Missed("B", Question.VMS, Miss.NETWORK, started=fleet.at))
    push(fleet, "A", v=down(reason=ExitReason.MIGRATION_SUCCEEDED))
    assert (fleet.vm("v").run_on, fleet.vm("v").status) == ("B", S.UNKNOWN)


def test_a_host_goes_with_its_vms_and_with_what_is_remembered(fleet: ScopedFold) -> None:
    heard, look = fleet.views["east"].heard("A"), fleet.views["east"].look("A")
    fleet.move({**SCOPE_OF, "A": "west"})
    assert kinds(fleet.events, "A") == [VdsLeftScope, VdsJoinedScope]
    assert kinds(fleet.events) == LEFT_JOINED
    assert (fleet.views["west"].heard("A"), fleet.views["west"].look("A")) == (heard, look)
    assert fleet.views["west"].vms_on["A"] == {"v": None}
    assert fleet.views["east"].vdss == {}
    fleet.decisions.clear()
    poll(fleet, "A", v=S.UP)
    assert fleet.events == []


def test_contract_9_a_restart_finds_each_thing_in_its_scope(fleet: ScopedFold) -> None:
    push(fleet, "A", v=report(S.MIGRATING_FROM))
    push(fleet, "B", v=report(S.UP, begun=Begun.MIGRATED))
    fleet.decisions.clear()
    fleet.restart()
    poll(fleet, "A")
    poll(fleet, "B", v=S.UP)
    assert kinds(fleet.events) == []
    assert fleet.scope("v") == "west"


def test_one_that_was_to_cross_when_vurti_died_crosses_when_it_starts(fleet: ScopedFold) -> None:
    before = fleet.recorded
    east = before["east"]
    moved = Row(Vm("v", status=S.UP, run_on="B"), seq=9)
    fleet.decisions.clear()
    fleet.restart({**before, "east": Recorded(east.vdss, (moved,), (), ())})
    assert kinds(fleet.events) == LEFT_JOINED
    assert fleet.scope("v") == "west"


def test_what_is_to_be_destroyed_in_another_scope_is_seen_to_be_gone(fleet: ScopedFold) -> None:
    push(fleet, "A", v=report(S.MIGRATING_FROM))
    push(fleet, "B", v=report(S.UP, begun=Begun.MIGRATED))
    push(fleet, "A", v=down(reason=ExitReason.MIGRATION_SUCCEEDED))
    (intent,) = [one for view in fleet.views.values() for one in view.intents]
    assert (intent.kind, intent.host) == (IntentKind.DESTROY_VM, "A")
    poll(fleet, "A")
    assert [one for view in fleet.views.values() for one in view.intents] == []


def test_belongings_are_values_that_can_be_written_down(fleet: ScopedFold) -> None:
    from vurti.decide.view import belongings

    fleet.give(Expect("x2", Awaited.SHUT_DOWN, "v"))
    assert to_builtins(belongings(fleet.views["east"], "v", ()))


def test_a_scope_that_begins_later_has_its_rounds_when_the_others_have_theirs(
    fleet: ScopedFold,
) -> None:
    began = fleet.views["east"].started_at
    fleet.move({**SCOPE_OF, "B": "north"})
    fleet.give(Missed("B", Question.VMS, Miss.RECOVERING))
    fleet.fire(began + 300)
    assert [(one.kind, one.thing) for one in fleet.views["north"].intents] == [
        (IntentKind.ACTIVATE_HOST, "B")
    ]
    due = {
        name: sorted(at - began for key, at in side.timers.items() if not key.thing)
        for name, side in fleet.sides.items()
    }
    assert due == {name: [600.0, 900.0] for name in ("east", "west", "north")}


def test_contract_13_a_scope_that_begins_later_holds_no_judgement_for_its_own_begin(
    fleet: ScopedFold,
) -> None:
    fleet.fire(fleet.at + 100)
    fleet.move({**SCOPE_OF, "B": "north"})
    assert fleet.views["north"].started_at == fleet.views["east"].started_at
    for _ in range(10):
        fleet.fire(fleet.at + 10)
        fleet.give(Missed("B", Question.VMS, Miss.NETWORK))
    assert not [one for one in fleet.events if Mark.JUDGEMENT_HELD in one.marks]
    assert fleet.vds("B").status is VdsStatus.NON_RESPONSIVE  # type: ignore[union-attr]  # it is there


def test_a_word_that_was_referred_to_a_scope_is_decided_there_whatever_it_knows() -> None:
    fold = Fold(hosts=[Vds("A", status=VdsStatus.UP)])
    fold.give(Foreign("n", True))
    decision = fold.give(Hearsay("Z", "n", full(S.UP), started=fold.at, complete=True))
    assert decision.referrals == ()
    assert [type(one) for one in decision.events] == [VmAdded]
