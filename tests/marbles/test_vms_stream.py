"""The built-in stream of VMs, through the rules of production."""

from vurti.events import VmAdded, VmMigrated, VmRebooted, VmStateChanged
from vurti.model import Begun, VmReport, VmStatus
from vurti.testing import marbles, missed, poll, push, vm

UP, DOWN, PAUSED = vm("vm1", "Up"), vm("vm1", "Down"), vm("vm1", "Paused")


def test_a_missed_poll_removes_nothing() -> None:
    with marbles() as m:
        polls = m.hot("-u-x-x-d|", u=poll(UP), x=missed("timeout"), d=poll(DOWN))
        m.expect(
            m.stream("vms", polls),
            "-a-----s|",
            a=VmAdded(after=vm("vm1", "Up", run_on="alpha")),
            s=VmStateChanged(before=UP, after=DOWN),
        )


def test_the_same_answer_again_is_no_news() -> None:
    with marbles() as m:
        polls = m.hot("-u-u-u-u|", u=poll(UP))
        m.expect(m.stream("vms", polls), "-a------|", a=VmAdded(after=UP))


def test_an_answer_that_left_before_a_push_is_stale() -> None:
    with marbles() as m:
        inputs = m.hot("-u--p-o-u|", u=poll(UP), p=push(PAUSED), o=poll(UP, started=3.0))
        m.expect(
            m.stream("vms", inputs),
            "-a--s---t|",
            a=VmAdded(after=UP),
            s=VmStateChanged(before=UP, after=PAUSED),
            t=VmStateChanged(before=PAUSED, after=UP),
        )


def test_a_reboot_that_was_pushed_is_told_once() -> None:
    with marbles() as m:
        inputs = m.hot("-u--p-u|", u=poll(UP), p=push(vm1=VmReport(rebooted=True)))
        m.expect(m.stream("vms", inputs), "-a--r--|", a=VmAdded(after=UP), r=VmRebooted(after=UP))


def test_a_hand_over_told_by_both_hosts_is_one_migration() -> None:
    leaving, gone = vm("vm1", "MigratingFrom"), vm("vm1", "Down", exit_reason="MigrationSucceeded")
    arrived = VmReport(status=VmStatus.UP, begun=Begun.MIGRATED)
    with marbles() as m:
        inputs = m.hot(
            "-u-f-t-g--|",
            u=poll(UP),
            f=push(leaving),
            t=push(vm1=arrived, host="beta"),
            g=push(gone),
        )
        moved = m.stream("vms", inputs)
        m.expect(
            moved,
            "-a-f-m----|",
            a=VmAdded(after=vm("vm1", run_on="alpha")),
            f=VmStateChanged(after=vm("vm1", "MigratingFrom", run_on="alpha")),
            m=VmMigrated(after=vm("vm1", "Up", run_on="beta")),
        )
