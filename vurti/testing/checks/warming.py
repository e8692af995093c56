"""A vurti that has been running for a while, and has heard of what is known."""

from vurti.adapter import PushAdapter
from vurti.clock.virtual_clock import VirtualClock
from vurti.decide import Rules
from vurti.model import (
    Answer,
    PauseStatus,
    Snapshot,
    VdsCapabilities,
    VdsCapabilitiesAnswer,
    VdsStatistics,
    VdsStatisticsAnswer,
    VdsStatus,
    Vm,
    VmReport,
    VmStatesAnswer,
    VmStatus,
)
from vurti.testing.checks.given import Known


def warm(adapter: PushAdapter, clock: VirtualClock, known: Known, rules: Rules) -> None:
    """Each host that is Up tells what it is made of, how it is and which VMs it has; then the time
    passes in which a vurti that has just started judges nobody, and each tells it again a second
    before the test begins. Nothing changes by all that."""
    _tell_all(adapter, clock, known)
    clock.run(until=clock.now() + max(rules.quiet_secs, rules.fence_quiet_secs))
    _tell_all(adapter, clock, known)
    clock.run(until=clock.now() + 1)


def _tell_all(adapter: PushAdapter, clock: VirtualClock, known: Known) -> None:
    for vds in known.vdss:
        if vds.status is VdsStatus.UP:
            for answer in _answers(vds.id, known):
                adapter.hear(Snapshot(vds.id, clock.now(), answer))


def _answers(host: str, known: Known) -> tuple[Answer, ...]:
    capabilities = next(vds.capabilities for vds in known.vdss if vds.id == host)
    there = [vm for vm in known.vms if vm.run_on == host]
    told = (
        VdsCapabilitiesAnswer(capabilities or VdsCapabilities()),
        VdsStatisticsAnswer(VdsStatistics()),
    )
    if any(vm.status is VmStatus.UNKNOWN for vm in there):
        return told  # no host says that of a VM
    return (*told, VmStatesAnswer({vm.id: _report(vm) for vm in there}))


def _report(vm: Vm) -> VmReport:
    return VmReport(
        status=vm.status, name=vm.name, pause_status=vm.pause_status or PauseStatus.NONE
    )
