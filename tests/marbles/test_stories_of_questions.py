"""Stories of what hosts are asked besides: changed devices, the TPM data of a VM that ended."""

from vurti.events import (
    Mark,
    VmAdded,
    VmDevicesChanged,
    VmExpectationEnded,
    VmStateChanged,
)
from vurti.model import (
    Hardware,
    Query,
    VmDevice,
    VmFacts,
    VmReport,
    VmStatus,
)
from vurti.testing import (
    devices,
    external_data,
    intent,
    known,
    marbles,
    missed,
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


REPORTED = {"status": VmStatus.UP}
PLUGGED = Query("alpha", "devices", ("vm1",))
OWED = Query("alpha", "external_data", ("vm1",))
DISK = VmDevice("disk", alias="vda", address="pci-1")
CAPABILITIES = Query("alpha", "caps")


def with_hash(hash: str) -> VmReport:
    return VmReport(status=VmStatus.UP, device_hash=hash)


def test_devices_are_asked_for_once_their_hash_is_another_and_told_when_they_are() -> None:
    with marbles() as m:
        heard = m.hot(
            "--h-d---h---i--j|",
            h=push(vm1=with_hash("1")),
            d=devices(vm1=(DISK,)),
            i=push(vm1=with_hash("2")),
            j=devices(vm1=()),
        )
        m.expect(
            m.stream("vms", heard),
            "--a-d----------e|",
            a=VmAdded(after=UP),
            d=VmDevicesChanged(reason="new: disk"),
            e=VmDevicesChanged(reason="gone: disk", after=vm("vm1", hardware=Hardware("2"))),
        )
        m.expect(
            m.stream("queries", heard),
            "c-q-c-------q--c|",
            q=PLUGGED,
            c=CAPABILITIES,
        )


def test_devices_that_were_missed_are_asked_for_again_though_the_host_repeats_itself() -> None:
    with marbles() as m:
        heard = m.hot(
            "--h---x---h----|",
            h=poll(vm1=with_hash("1")),
            x=missed("bad_reply", question="devices", vms=("vm1",)),
        )
        m.expect(
            m.stream("queries", heard),
            "c-(c,q)---(c,q)|",
            q=PLUGGED,
            c=CAPABILITIES,
        )


def test_a_vm_with_a_tpm_is_down_only_once_its_data_are_safe() -> None:
    with marbles(judge=own_judge(intents=("destroy_vm",))) as m:
        heard = m.hot(
            "k-u--d----e---|",
            k=known(VmFacts("vm1", has_tpm=True)),
            u=poll(UP),
            d=push(SHUT_DOWN),
            e=external_data("vm1"),
        )
        m.expect(
            m.stream("vms", heard),
            "--a-------d---|",
            a=VmAdded(after=UP),
            d=VmStateChanged(after=SHUT_DOWN),
        )
        m.expect(
            m.stream("intents", heard),
            "----------i---|",
            i=intent("destroy_vm", "vm1", host="alpha"),
        )
        m.expect(m.stream("queries", heard), "c-c--q----c---|", c=CAPABILITIES, q=OWED)


def test_a_vm_whose_tpm_data_cannot_be_had_is_down_after_the_third_time() -> None:
    lost = missed("bad_reply", question="external_data", vms=("vm1",))
    with marbles() as m:
        heard = m.hot(
            "k-u--d-x-d-x-d-x-|",
            k=known(VmFacts("vm1", has_tpm=True)),
            u=poll(UP),
            d=poll(SHUT_DOWN),
            x=lost,
        )
        m.expect(
            m.stream("vms", heard),
            "--a------------d-|",
            a=VmAdded(after=UP),
            d=VmStateChanged(after=SHUT_DOWN),
        )
