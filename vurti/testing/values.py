"""Values for tests, named by what matters in them."""

from typing import Any

import msgspec
from msgspec import UNSET, Struct

from vurti.model import (
    Absence,
    Awaited,
    Cancel,
    Cluster,
    Expect,
    Intent,
    IntentKind,
    IntentState,
    Miss,
    Missed,
    Push,
    Question,
    Reload,
    Snapshot,
    Vds,
    VdsCapabilities,
    VdsCapabilitiesAnswer,
    VdsStatistics,
    VdsStatisticsAnswer,
    Vm,
    VmDevice,
    VmDevicesAnswer,
    VmExternalDataAnswer,
    VmFacts,
    VmReport,
    VmStatesAnswer,
)

UNSTAMPED = -1.0
"""A time that is filled in where a diagram gives the value out, and not compared."""


class Restart(Struct, frozen=True, gc=False):
    """vurti dies in the middle of a diagram, and starts again from what it had recorded."""


def vm(id: str, status: str = "Up", **fields: Any) -> Vm:
    """A VM; texts will do for statuses and reasons. Raises msgspec.ValidationError for wrong ones
    and TypeError for fields that a VM has not."""
    return msgspec.convert(msgspec.to_builtins(Vm(id, **{"status": status, **fields})), Vm)


def vds(id: str, status: str = "Up", **fields: Any) -> Vds:
    """A host's record, in the same way."""
    return msgspec.convert(msgspec.to_builtins(Vds(id, **{"status": status, **fields})), Vds)


def poll(
    *vms: Vm,
    host: str = "alpha",
    started: float | None = None,
    complete: bool = True,
    absence: Absence | str = Absence.GONE,
    unreadable: tuple[str, ...] = (),
    **reports: VmReport,
) -> Snapshot:
    """What `host` answers when it has just these VMs: their `run_on` says nothing here. `reports`
    tell of more VMs in the host's own words. `started` defaults to when a diagram gives it out."""
    said = {vm.id: _report(vm, whole=True) for vm in vms} | reports
    answer = VmStatesAnswer(said, complete, Absence(absence), unreadable)
    return Snapshot(host, UNSTAMPED if started is None else started, answer)


def capabilities(host: str = "alpha", started: float | None = None, **fields: Any) -> Snapshot:
    """What `host` answers when it is asked what it is made of."""
    answer = VdsCapabilitiesAnswer(VdsCapabilities(**fields))
    return Snapshot(host, UNSTAMPED if started is None else started, answer)


def statistics(host: str = "alpha", started: float | None = None, **fields: Any) -> Snapshot:
    """What `host` answers when it is asked how it is."""
    answer = VdsStatisticsAnswer(VdsStatistics(**fields))
    return Snapshot(host, UNSTAMPED if started is None else started, answer)


def missed(
    kind: Miss | str = Miss.TIMEOUT,
    host: str = "alpha",
    question: Question | str = Question.VMS,
    reason: str = "",
    started: float | None = None,
    vms: tuple[str, ...] = (),
) -> Missed:
    """A question to `host` that got no answer; `vms` are those that it was about."""
    at = UNSTAMPED if started is None else started
    return Missed(host, Question(question), Miss(kind), reason, at, vms)


def push(
    *vms: Vm,
    host: str = "alpha",
    notify_time: int | None = None,
    absence: Absence | str = Absence.GONE,
    **reports: VmReport,
) -> Push:
    """What `host` says by itself of some VMs: their status, and whatever else is not at its
    default. `reports` tell of more in the host's own words."""
    said = {vm.id: _report(vm, whole=False) for vm in vms} | reports
    return Push(host, said, notify_time, absence=Absence(absence))


def devices(host: str = "alpha", **vms: tuple[VmDevice, ...]) -> Snapshot:
    """What `host` answers when it is asked for the devices of these VMs."""
    return Snapshot(host, UNSTAMPED, VmDevicesAnswer(vms))


def external_data(vm: str, host: str = "alpha", tpm: bytes = b"") -> Snapshot:
    """What `host` answers when it is asked for the TPM data of a VM that has ended."""
    return Snapshot(host, UNSTAMPED, VmExternalDataAnswer(vm, tpm))


def expect(kind: Awaited | str, vm: str, id: str = "", **fields: Any) -> Expect:
    """An embedder announces something of this VM. Its id is `kind vm` unless told."""
    return Expect(id or f"{kind} {vm}", Awaited(kind), vm, **fields)


def cancel(id: str) -> Cancel:
    """An embedder does not wait any more for what it had announced under this id."""
    return Cancel(id)


def known(*vms: VmFacts, clusters: tuple[Cluster, ...] = ()) -> Reload:
    """From now on this is known of VMs and clusters that no host tells. The hosts of the diagram
    stay what they are."""
    return Reload((), vms, clusters)


def restart() -> Restart:
    """Vurti dies, and starts again from what it had recorded."""
    return Restart()


def intent(
    kind: IntentKind | str, vm: str, host: str | None = None, state: IntentState | str = "open"
) -> Intent:
    """What a manager should do, or, where it is not open, what it should not do any more."""
    state = IntentState(state)
    return Intent("", IntentKind(kind), vm, UNSTAMPED, UNSTAMPED, host, state=state)


def _report(vm: Vm, whole: bool) -> VmReport:
    """A poll tells every field, a push only what it is about."""
    return VmReport(
        status=vm.status,
        name=vm.name if whole or vm.name else UNSET,
        pause_status=vm.pause_status if whole or vm.pause_status != "NONE" else UNSET,
        exit_status=UNSET if vm.exit_status is None else vm.exit_status,
        exit_reason=UNSET if vm.exit_reason is None else vm.exit_reason,
        exit_message=vm.exit_message or UNSET,
    )
