"""The best-known stories of a VM on its host, as pictures. (Those of migrations have their own.)

Letters stand for the same in all of them: u is Up, d is Down, e an announcement, m its end.
"""

from vurti.events import (
    Mark,
    VmAdded,
    VmExpectationEnded,
    VmRebooted,
    VmStateChanged,
)
from vurti.model import (
    VmFacts,
    VmReport,
)
from vurti.testing import (
    intent,
    known,
    marbles,
    own_judge,
    poll,
    push,
    vm,
)

UP = vm("vm1", "Up", run_on="alpha")
LAUNCHED = vm("vm1", "WaitForLaunch", run_on="alpha")
POWERING_UP = vm("vm1", "PoweringUp", run_on="alpha")
GOING_DOWN = vm("vm1", "PoweringDown", run_on="alpha")
REBOOTING = vm("vm1", "RebootInProgress", run_on="alpha")
SAVING = vm("vm1", "SavingState", run_on="alpha")
FULL = vm("vm1", "Paused", run_on="alpha", pause_status="ENOSPC")
SHUT_DOWN = vm("vm1", "Down", exit_status="Normal", exit_reason="UserShutdown")
CRASHED = vm("vm1", "Down", exit_status="Error", exit_reason="LostQEMUConnection")
SAVED = vm("vm1", "Down", exit_status="Normal", exit_reason="SaveStateSucceeded")
MET = VmExpectationEnded(marks=(Mark.EXPECTATION_MET,))
HA = VmFacts("vm1", ha=True)


def test_a_highly_available_vm_that_crashed_is_to_be_restarted_until_it_runs_again() -> None:
    with marbles(judge=own_judge(intents=("restart_vm",))) as m:
        heard = m.hot(
            "k-u--c----b---|",
            k=known(HA),
            u=poll(UP),
            c=push(CRASHED),
            b=poll(UP, host="beta"),
        )
        m.expect(
            m.stream("vms", heard),
            "--a--c----b---|",
            a=VmAdded(after=UP),
            c=VmStateChanged(
                before=UP,
                after=CRASHED,
                marks=(Mark.CRASHED, Mark.ENDED_WITH_ERROR, Mark.HA_FAILED),
            ),
            b=VmStateChanged(before=CRASHED, after=vm("vm1", "Up", run_on="beta")),
        )
        m.expect(
            m.stream("intents", heard),
            "-----r----w---|",
            r=intent("restart_vm", "vm1"),
            w=intent("restart_vm", "vm1", state="withdrawn"),
        )


def test_a_restart_that_nobody_cares_for_is_valid_no_longer_after_a_while() -> None:
    with marbles(judge=own_judge(intents=("restart_vm",), intent_secs=7)) as m:
        heard = m.hot("k-u-c----------|", k=known(HA), u=poll(UP), c=push(CRASHED))
        m.expect(
            m.stream("intents", heard),
            "----r------x---|",
            r=intent("restart_vm", "vm1"),
            x=intent("restart_vm", "vm1", state="expired"),
        )


def test_a_vm_that_powers_down_and_is_listed_no_more_was_shut_down() -> None:
    with marbles() as m:
        heard = m.hot("u--p--x-|", u=poll(UP), p=push(GOING_DOWN), x=poll())
        m.expect(
            m.stream("vms", heard),
            "a--p--d-|",
            a=VmAdded(after=UP),
            p=VmStateChanged(before=UP, after=GOING_DOWN),
            d=VmStateChanged(before=GOING_DOWN, after=vm("vm1", "Down", exit_status="Normal")),
        )


def test_a_vm_that_shuts_down_says_so_itself_and_its_last_answers_add_nothing() -> None:
    with marbles() as m:
        heard = m.hot("u--p--d-d-x-|", u=poll(UP), p=push(GOING_DOWN), d=poll(SHUT_DOWN), x=poll())
        m.expect(
            m.stream("vms", heard),
            "a--p--d-----|",
            a=VmAdded(after=UP),
            p=VmStateChanged(before=UP, after=GOING_DOWN),
            d=VmStateChanged(after=SHUT_DOWN, marks=(Mark.ENDED,)),
        )


def test_a_vm_whose_disk_is_full_pauses_and_goes_on_once_there_is_space() -> None:
    with marbles() as m:
        heard = m.hot("u--p-f--r-|", u=poll(UP), p=push(FULL), f=poll(FULL), r=push(UP))
        m.expect(
            m.stream("vms", heard),
            "a--p----r-|",
            a=VmAdded(after=UP),
            p=VmStateChanged(after=FULL, marks=(Mark.PAUSED, Mark.PAUSED_ENOSPC)),
            r=VmStateChanged(before=FULL, after=UP, marks=(Mark.RECOVERED_FROM_PAUSE_ERROR,)),
        )


def test_a_vm_that_vanishes_unexplained_is_unknown_for_its_grace_before_it_is_down() -> None:
    with marbles() as m:
        heard = m.hot(
            "u--x-x-x-x-x-x-|",
            u=poll(UP, absence="unexplained"),
            x=poll(absence="unexplained"),
        )
        m.expect(
            m.stream("vms", heard),
            "a--n---------d-|",
            a=VmAdded(after=UP),
            n=VmStateChanged(after=vm("vm1", "Unknown", run_on="alpha")),
            d=VmStateChanged(after=vm("vm1", "Down", exit_status="Unknown")),
        )


def test_a_vm_that_nobody_made_is_offered_until_a_manager_knows_it() -> None:
    with marbles(judge=own_judge(intents=("register_vm",))) as m:
        heard = m.hot("--u---u---k-u|", u=poll(UP), k=known(VmFacts("vm1")))
        m.expect(m.stream("vms", heard), "--a----------|", a=VmAdded(after=UP))
        m.expect(
            m.stream("intents", heard),
            "--r-------w--|",
            r=intent("register_vm", "vm1"),
            w=intent("register_vm", "vm1", state="withdrawn"),
        )


def test_a_guest_that_reboots_in_a_loop_is_told_once_and_then_summed_up() -> None:
    with marbles(secs=10) as m:
        heard = m.hot("u-(b,b,b)-----|", u=poll(UP), b=push(vm1=VmReport(rebooted=True)))
        m.expect(
            m.stream("vms", heard),
            "a-r--s--------|",
            a=VmAdded(after=UP),
            r=VmRebooted(times=1),
            s=VmRebooted(times=2, reason="the guest rebooted 2 times more"),
        )
