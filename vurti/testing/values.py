"""Values for tests, named by what matters in them."""

from typing import Any

import msgspec
from msgspec import UNSET

from vurti.model import (
    Absence,
    Miss,
    Missed,
    Push,
    Question,
    Snapshot,
    Vds,
    VdsCapabilities,
    VdsCapabilitiesAnswer,
    VdsStatistics,
    VdsStatisticsAnswer,
    Vm,
    VmReport,
    VmStatesAnswer,
)

UNSTAMPED = -1.0
"""A `started` that is filled in with the instant at which a diagram gives the value out."""


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
) -> Missed:
    """A question to `host` that got no answer."""
    at = UNSTAMPED if started is None else started
    return Missed(host, Question(question), Miss(kind), reason, at)


def push(
    *vms: Vm, host: str = "alpha", notify_time: int | None = None, **reports: VmReport
) -> Push:
    """What `host` says by itself of some VMs: their status, and whatever else is not at its
    default. `reports` tell of more in the host's own words."""
    said = {vm.id: _report(vm, whole=False) for vm in vms} | reports
    return Push(host, said, notify_time)


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
