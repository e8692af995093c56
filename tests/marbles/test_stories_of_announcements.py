"""Stories of what was announced of a VM: it comes, comes otherwise, or comes too late."""

from vurti.events import (
    Mark,
    VmAdded,
    VmExpectationEnded,
    VmStateChanged,
)
from vurti.model import (
    VmFacts,
)
from vurti.testing import (
    cancel,
    expect,
    intent,
    known,
    marbles,
    own_judge,
    poll,
    push,
    restart,
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


def test_an_announced_start_is_met_once_the_vm_is_up() -> None:
    with marbles() as m:
        heard = m.hot(
            "e--w--p--u----|",
            e=expect("start", "vm1", host="alpha"),
            w=push(LAUNCHED),
            p=push(POWERING_UP),
            u=push(UP),
        )
        m.expect(
            m.stream("vms", heard),
            "---a--p--(u,m)|",
            a=VmAdded(after=LAUNCHED),
            p=VmStateChanged(before=LAUNCHED, after=POWERING_UP),
            u=VmStateChanged(before=POWERING_UP, after=UP),
            m=MET,
        )


def test_a_start_that_ends_in_a_crash_has_failed_and_is_to_be_tried_elsewhere() -> None:
    with marbles(judge=own_judge(intents=("restart_vm", "rerun_vm"))) as m:
        heard = m.hot(
            "(k,e)-w--d-----|",
            k=known(HA),
            e=expect("start", "vm1", host="alpha"),
            w=push(LAUNCHED),
            d=push(CRASHED),
        )
        m.expect(
            m.stream("vms", heard),
            "------a--(d,f)-|",
            a=VmAdded(after=LAUNCHED),
            d=VmStateChanged(marks=(Mark.CRASHED, Mark.ENDED_WITH_ERROR)),
            f=VmExpectationEnded(marks=(Mark.EXPECTATION_FAILED,)),
        )
        m.expect(m.stream("intents", heard), "---------r-----|", r=intent("rerun_vm", "vm1"))


def test_a_vm_that_vanishes_after_its_power_off_was_announced_has_not_crashed() -> None:
    with marbles(judge=own_judge(intents=("restart_vm",))) as m:
        heard = m.hot(
            "k-u--e--x----|", k=known(HA), u=poll(UP), e=expect("power_off", "vm1"), x=poll()
        )
        m.expect(
            m.stream("vms", heard),
            "--a-----(d,m)|",
            a=VmAdded(after=UP),
            d=VmStateChanged(after=vm("vm1", "Down", exit_status="Normal"), marks=(Mark.ENDED,)),
            m=MET,
        )
        m.expect(m.stream("intents", heard), "-------------|")


def test_a_vm_that_vanishes_long_after_a_power_off_was_announced_has_crashed() -> None:
    with marbles(secs=5) as m:
        heard = m.hot("u-e-----x-|", u=poll(UP), e=expect("power_off", "vm1"), x=poll())
        m.expect(
            m.stream("vms", heard),
            "a-----x-d-|",
            a=VmAdded(after=UP),
            x=VmExpectationEnded(marks=(Mark.EXPECTATION_EXPIRED,)),
            d=VmStateChanged(marks=(Mark.CRASHED, Mark.ENDED_WITH_ERROR)),
        )


def test_a_vm_that_goes_down_in_a_cold_reboot_is_to_be_started_again() -> None:
    with marbles(judge=own_judge(intents=("restart_vm", "cold_reboot_vm"))) as m:
        heard = m.hot(
            "k-u-e---p--x----u-|",
            k=known(HA),
            u=poll(UP),
            e=expect("cold_reboot", "vm1"),
            p=push(GOING_DOWN),
            x=poll(),
        )
        m.expect(
            m.stream("vms", heard),
            "--a-----p--(d,m)u-|",
            a=VmAdded(after=UP),
            p=VmStateChanged(after=GOING_DOWN),
            d=VmStateChanged(marks=(Mark.COLD_REBOOTING,)),
            m=MET,
            u=VmStateChanged(after=UP),
        )
        m.expect(
            m.stream("intents", heard),
            "-----------c----w-|",
            c=intent("cold_reboot_vm", "vm1"),
            w=intent("cold_reboot_vm", "vm1", state="withdrawn"),
        )


def test_a_suspended_vm_is_not_down() -> None:
    with marbles() as m:
        heard = m.hot(
            "u-e-s---d----x--|",
            u=poll(UP),
            e=expect("suspend", "vm1"),
            s=push(SAVING),
            d=push(SAVED),
            x=poll(),
        )
        m.expect(
            m.stream("vms", heard),
            "a---s---(d,m)---|",
            a=VmAdded(after=UP),
            s=VmStateChanged(after=SAVING),
            d=VmStateChanged(before=SAVING, after=vm("vm1", "Suspended"), marks=(Mark.SUSPENDED,)),
            m=MET,
        )


def test_a_guest_that_runs_on_has_not_powered_down() -> None:
    with marbles() as m:
        heard = m.hot(
            "u-e-p---u----|", u=poll(UP), p=push(GOING_DOWN), e=expect("shut_down", "vm1")
        )
        m.expect(
            m.stream("vms", heard),
            "a---p---(r,f)|",
            a=VmAdded(after=UP),
            p=VmStateChanged(after=GOING_DOWN),
            r=VmStateChanged(after=UP, marks=(Mark.POWER_DOWN_FAILED,)),
            f=VmExpectationEnded(marks=(Mark.EXPECTATION_FAILED,)),
        )


def test_what_is_announced_anew_or_cancelled_is_not_waited_for_any_more() -> None:
    with marbles() as m:
        heard = m.hot(
            "u-e---f---c-|",
            u=poll(UP),
            e=expect("migrate", "vm1", host="beta"),
            f=expect("migrate", "vm1", id="again", host="gamma"),
            c=cancel("again"),
        )
        ended = VmExpectationEnded(marks=(Mark.EXPECTATION_CANCELLED,))
        m.expect(
            m.stream("vms", heard, hosts=("beta", "gamma")),
            "a-----x---x-|",
            a=VmAdded(after=UP),
            x=ended,
        )


def test_an_announcement_outlives_vurti_for_as_long_as_was_left_to_it() -> None:
    with marbles() as m:
        heard = m.hot(
            "u-e--r--------|", u=poll(UP), e=expect("suspend", "vm1", secs=8), r=restart()
        )
        m.expect(
            m.stream("vms", heard),
            "a---------x---|",
            a=VmAdded(after=UP),
            x=VmExpectationEnded(marks=(Mark.EXPECTATION_EXPIRED,)),
        )


def test_a_restart_of_vurti_leaves_what_is_to_be_done_as_it_was() -> None:
    with marbles(judge=own_judge(intents=("restart_vm",))) as m:
        heard = m.hot(
            "k-u--c---r--b-|",
            k=known(VmFacts("vm1", ha=True)),
            u=poll(UP),
            c=push(CRASHED),
            r=restart(),
            b=poll(UP, host="beta"),
        )
        m.expect(
            m.stream("intents", heard),
            "-----i------w-|",
            i=intent("restart_vm", "vm1"),
            w=intent("restart_vm", "vm1", state="withdrawn"),
        )
