"""What a host says in a scenario, as vdsm would write it, read by the decoder that production has.

So a rule of parsing is tested where it stands: which texts are statuses, which numbers are reasons,
what an absent field means in a poll and in a push.
"""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from vurti.decode.vdsm import migration_event, vm_statistics, vm_status_event
from vurti.model import (
    Absence,
    ExitReason,
    ExitStatus,
    VmReport,
    VmStatisticsAnswer,
    VmStatus,
)
from vurti.testing.scenarios.words import Report

HOST_CONN = "host_conn"
_TEXTS = {
    VmStatus.MIGRATING_FROM: "Migration Source",
    VmStatus.MIGRATING_TO: "Migration Destination",
    VmStatus.POWERING_UP: "Powering up",
    VmStatus.POWERING_DOWN: "Powering down",
    VmStatus.SAVING_STATE: "Saving State",
    VmStatus.RESTORING_STATE: "Restoring state",
    VmStatus.NOT_RESPONDING: "Up",  # vdsm has no word for it: it says that the monitor is stuck
}
_EXITS = {ExitStatus.NORMAL: 0, ExitStatus.ERROR: 1, ExitStatus.UNKNOWN: 2}
_REASONS = {
    reason: number
    for number, reason in enumerate(
        (
            ExitReason.UNKNOWN, ExitReason.SUCCESS, ExitReason.GENERIC_ERROR,
            ExitReason.LOST_QEMU_CONNECTION, ExitReason.LIBVIRT_START_FAILED,
            ExitReason.MIGRATION_SUCCEEDED, ExitReason.SAVE_STATE_SUCCEEDED,
            ExitReason.ADMIN_SHUTDOWN, ExitReason.USER_SHUTDOWN, ExitReason.MIGRATION_FAILED,
            ExitReason.LIBVIRT_DOMAIN_MISSING, ExitReason.DESTROYED_ON_STARTUP,
            ExitReason.HOST_SHUTDOWN, ExitReason.POSTCOPY_MIGRATION_FAILED,
            ExitReason.DESTROYED_ON_REBOOT, ExitReason.DESTROYED_ON_RESUME,
        ),
        start=-1,
    )
}  # fmt: skip
_GIB = 2**30
_AS_THEY_ARE = {
    "status_time": "statusTime", "name": "vmName", "exit_message": "exitMessage",
    "monitor_response": "monitorResponse", "client_ip": "clientIp", "ip": "guestIPs",
    "fqdn": "guestFQDN", "guest_os": "guestOs", "guest_host_name": "guestName",
    "mem_usage": "memUsage", "cpu_user": "cpuUser", "cpu_sys": "cpuSys", "hash": "hash",
    "status_text": "status", "pause_status": "pauseCode",
}  # fmt: skip


def polled(vms: dict[str, Report | int], absence: Absence) -> VmStatisticsAnswer:
    """The answer to getAllVmStats. What is of the wrong shape is so on the wire as well."""
    records = [
        {"vmId": vm, **record(said)} if isinstance(said, Report) else {"vmId": vm, "status": said}
        for vm, said in vms.items()
    ]
    answer = vm_statistics(records)
    if answer.states is None:
        return answer
    return replace(answer, states=replace(answer.states, absence=absence))


def pushed(
    vms: dict[str, Report | int], notify_time: int | None
) -> tuple[dict[str, VmReport], int | None]:
    """A VM_status notice. Raises VdsmDecodeError where nothing of it can be understood."""
    params: dict[str, object] = {
        vm: record(said) if isinstance(said, Report) else said
        for vm, said in vms.items()
        if vm != HOST_CONN
    }
    if not params:
        return {}, notify_time
    if notify_time is not None:
        params["notify_time"] = notify_time
    reports, time = vm_status_event(params)
    for vm, one in _migrating(vms).items():
        reports[vm] = replace(
            reports.get(vm, VmReport()),
            migration_progress=one.migration_progress,
            migration_downtime_ms=one.migration_downtime_ms,
        )
    return reports, time


def spelled(caps: Mapping[Any, Any]) -> dict[str, Any]:
    """Capabilities as vdsm spells them: it writes truth values as texts."""
    return {
        name: str(value).lower() if isinstance(value, bool) else value
        for name, value in caps.items()
    }


def record(report: Report) -> dict[str, Any]:
    """One VM as vdsm writes it: every word that was said, and no other."""
    told: dict[str, Any] = {}
    for word, value in report.said().items():
        if value is None:
            continue  # a host that says nothing leaves it out
        if word in _AS_THEY_ARE:
            told[_AS_THEY_ARE[word]] = value
        elif word in _OTHERWISE:
            name, of = _OTHERWISE[word]
            told[name] = of(value)
    if report.status is VmStatus.NOT_RESPONDING:
        told.setdefault("monitorResponse", "-1")
    return told


def _status(status: VmStatus) -> str:
    return _TEXTS.get(status, status.value)


def _exit_reason(reason: ExitReason | int) -> int:
    return _REASONS[reason] if isinstance(reason, ExitReason) else reason


def _nics(nics: Any) -> list[dict[str, Any]]:
    return [
        {"name": nic.name, "hw": nic.mac, "inet": list(nic.v4), "inet6": list(nic.v6)}
        for nic in nics
    ]


def _balloon(balloon: Any) -> dict[str, str]:
    told = balloon.said().items()
    return {f"balloon_{word.removesuffix('_kb')}": str(value) for word, value in told}


def _disks(disks: Any) -> dict[str, Any]:
    return {
        name: {"lunGUID": disk.lunGUID, "truesize": str(disk.truesize * _GIB)}
        for name, disk in disks.items()
    }


_OTHERWISE: dict[str, tuple[str, Any]] = {
    "status": ("status", _status),
    "exit_status": ("exitCode", _EXITS.__getitem__),
    "exit_reason": ("exitReason", _exit_reason),
    "watchdog": ("watchdogEvent", lambda watchdog: watchdog.said()),
    "app_list": ("appsList", lambda apps: [app for app in apps.split(",") if app]),
    "guest_nics": ("netIfaces", _nics),
    "balloon": ("balloonInfo", _balloon),
    "jobs": ("vmJobs", lambda jobs: {id_: job.model_dump() for id_, job in jobs.items()}),
    "disks": ("disks", _disks),
    "migration_progress": ("migrationProgress", int),
}


def _migrating(vms: dict[str, Report | int]) -> dict[str, VmReport]:
    """What of a push is a VM_migration_status notice."""
    params: dict[str, object] = {}
    for vm, said in vms.items():
        if isinstance(said, Report):
            told = {"progress": said.migration_progress, "downtime": said.migration_downtime}
            if known := {name: value for name, value in told.items() if value is not None}:
                params[vm] = known
    return migration_event(params)[0] if params else {}
