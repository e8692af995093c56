"""The best-known stories of a VM that two hosts speak of, as pictures. It goes from alpha to beta.

Letters stand for the same in all of them: f is alpha migrating it away, t is beta receiving it,
u is beta running it, g is alpha having let go of it.
"""

from vurti.events import (
    Mark,
    VmAdded,
    VmExpectationEnded,
    VmMigrated,
    VmSplitBrainDetected,
    VmStateChanged,
)
from vurti.model import Begun, VmFacts, VmReport, VmStatus
from vurti.testing import expect, intent, known, marbles, own_judge, poll, push, restart, vm

UP = vm("vm1", "Up", run_on="alpha")
MOVED = vm("vm1", "Up", run_on="beta")
LEAVING = vm("vm1", "MigratingFrom", run_on="alpha")
LEAVING_TO_BETA = vm("vm1", "MigratingFrom", run_on="alpha", migrating_to="beta")
HANDED_OVER = vm("vm1", "MigratingTo", run_on="beta", migrating_to="beta")
GONE = vm("vm1", "Down", exit_status="Normal", exit_reason="MigrationSucceeded")
CRASHED = vm("vm1", "Down", exit_status="Error", exit_reason="LostQEMUConnection")

u = poll(UP)
f = push(LEAVING)
t = push(vm("vm1", "MigratingTo"), host="beta")
arrives = push(vm1=VmReport(status=VmStatus.UP, begun=Begun.MIGRATED), host="beta")
g = push(GONE)
ADDED = VmAdded(after=UP)


def test_a_migration_whose_destination_speaks_first_is_told_once() -> None:
    with marbles() as m:
        heard = m.hot("u--t-f--b--g--|", u=u, t=t, f=f, b=arrives, g=g)
        m.expect(
            m.stream("vms", heard),
            "a----f--m-----|",
            a=ADDED,
            f=VmStateChanged(before=UP, after=LEAVING_TO_BETA),
            m=VmMigrated(before=LEAVING_TO_BETA, after=MOVED, marks=(Mark.MIGRATED,)),
        )


def test_a_migration_whose_source_is_done_first_is_handed_over_and_never_down() -> None:
    with marbles() as m:
        heard = m.hot("u--f-t--g--b--|", u=u, t=t, f=f, b=arrives, g=g)
        m.expect(
            m.stream("vms", heard),
            "a--f-t--m--b--|",
            a=ADDED,
            f=VmStateChanged(before=UP, after=LEAVING),
            t=VmStateChanged(before=LEAVING, after=LEAVING_TO_BETA),
            m=VmMigrated(before=LEAVING_TO_BETA, after=HANDED_OVER),
            b=VmStateChanged(before=HANDED_OVER, after=MOVED),
        )


def test_a_migration_of_which_nothing_was_pushed_is_told_by_two_polls_in_either_order() -> None:
    source, destination = poll(GONE), poll(MOVED, host="beta")
    for first, second in ((source, destination), (destination, source)):
        with marbles() as m:
            heard = m.hot("(u,o)--x--y----|", u=u, o=poll(host="beta"), x=first, y=second)
            m.expect(
                m.stream("vms", heard),
                "a---------m----|",
                a=ADDED,
                m=VmMigrated(before=UP, after=MOVED),
            )


def test_a_migration_that_failed_leaves_the_vm_where_it_was() -> None:
    with marbles(judge=own_judge(intents=("rerun_vm",))) as m:
        heard = m.hot("u-e--f-t---u------|", u=u, e=expect("migrate", "vm1", host="beta"), f=f, t=t)
        m.expect(
            m.stream("vms", heard),
            "a----f-----(r,x)--|",
            a=ADDED,
            f=VmStateChanged(after=LEAVING_TO_BETA),
            r=VmStateChanged(before=LEAVING_TO_BETA, after=UP, marks=(Mark.MIGRATION_FAILED,)),
            x=VmExpectationEnded(marks=(Mark.EXPECTATION_FAILED,)),
        )
        m.expect(m.stream("intents", heard), "-----------i------|", i=intent("rerun_vm", "vm1"))


def test_a_migration_that_was_announced_is_met_when_the_destination_runs_the_vm() -> None:
    with marbles() as m:
        heard = m.hot(
            "u-e--f---g----b----|",
            u=u,
            e=expect("migrate", "vm1", host="beta"),
            f=f,
            g=g,
            b=arrives,
        )
        m.expect(
            m.stream("vms", heard),
            "a----f---m----(b,x)|",
            a=ADDED,
            f=VmStateChanged(after=LEAVING_TO_BETA),
            m=VmMigrated(after=HANDED_OVER),
            b=VmStateChanged(after=MOVED),
            x=VmExpectationEnded(marks=(Mark.EXPECTATION_MET, Mark.MIGRATION_DONE)),
        )


def test_a_migration_in_whose_middle_vurti_restarts_is_still_one() -> None:
    with marbles() as m:
        heard = m.hot("u--f-t--r--b--g--|", u=u, t=t, f=f, r=restart(), b=arrives, g=g)
        m.expect(
            m.stream("vms", heard),
            "a--f-t-----m-----|",
            a=ADDED,
            f=VmStateChanged(after=LEAVING),
            t=VmStateChanged(after=LEAVING_TO_BETA),
            m=VmMigrated(before=LEAVING_TO_BETA, after=MOVED, restart=True),
        )


def test_a_migration_that_happened_while_vurti_was_away_is_one_event_marked_so() -> None:
    with marbles() as m:
        heard = m.hot("u--r--g--b-|", u=u, r=restart(), g=poll(GONE), b=poll(MOVED, host="beta"))
        m.expect(
            m.stream("vms", heard),
            "a--------m-|",
            a=ADDED,
            m=VmMigrated(before=UP, after=MOVED, restart=True),
        )


def test_in_post_copy_the_destination_holds_the_vm_from_the_switch_on() -> None:
    switched = push(vm("vm1", "Paused", pause_status="POSTCOPY"))
    with marbles() as m:
        heard = m.hot("u--f-t--p-p-b--g-|", u=u, f=f, t=t, p=switched, b=arrives, g=g)
        m.expect(
            m.stream("vms", heard),
            "a--f-t--m---b----|",
            a=ADDED,
            f=VmStateChanged(after=LEAVING),
            t=VmStateChanged(after=LEAVING_TO_BETA),
            m=VmMigrated(after=HANDED_OVER),
            b=VmStateChanged(after=MOVED),
        )


def test_a_vm_that_two_hosts_insist_on_running_is_split_brain_told_once_and_stays() -> None:
    with marbles() as m:
        heard = m.hot("o-u-b-u-b-u-b-u-|", o=poll(host="beta"), u=u, b=poll(MOVED, host="beta"))
        m.expect(
            m.stream("vms", heard),
            "--a-----s-------|",
            a=ADDED,
            s=VmSplitBrainDetected(before=UP, after=UP),
        )


def test_a_crash_here_and_a_start_there_is_no_migration() -> None:
    with marbles() as m:
        heard = m.hot("u--c--b-|", u=u, c=poll(CRASHED), b=poll(MOVED, host="beta"))
        m.expect(
            m.stream("vms", heard),
            "a--c--b-|",
            a=ADDED,
            c=VmStateChanged(after=CRASHED, marks=(Mark.CRASHED, Mark.ENDED_WITH_ERROR)),
            b=VmStateChanged(before=CRASHED, after=MOVED),
        )


def test_a_vm_that_is_lost_while_it_migrates_nobody_knows_where_is_to_be_restarted() -> None:
    with marbles(judge=own_judge(intents=("restart_vm", "rerun_vm"))) as m:
        heard = m.hot("k-u--f--x--|", k=known(VmFacts("vm1", ha=True)), u=u, f=f, x=poll())
        lost = (Mark.CRASHED, Mark.MIGRATION_ABORTED, Mark.HA_FAILED)
        m.expect(
            m.stream("vms", heard),
            "--a--f--x--|",
            a=ADDED,
            f=VmStateChanged(after=LEAVING),
            x=VmStateChanged(after=vm("vm1", "Down", exit_status="Error"), marks=lost),
        )
        m.expect(m.stream("intents", heard), "--------i--|", i=intent("restart_vm", "vm1"))
