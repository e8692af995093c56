"""VMs as they are given: the record, the facts, and what is remembered beside them."""

from typing import Any

from vurti.decide.view import DevicesMemo, JobsMemo, SampleMemo, SamplesMemo
from vurti.model import (
    Guest,
    Hardware,
    Job,
    Origin,
    PauseStatus,
    Vm,
    VmDevice,
    VmFacts,
    VmNicFacts,
    VmStatistics,
    VmStatus,
)
from vurti.testing.scenarios.words import VmWords

_GUEST = {
    "client_ip": "client_ip", "ip": "ip", "fqdn": "fqdn", "app_list": "app_list",
    "guest_os": "os", "guest_host_name": "host_name",
}  # fmt: skip
_RECORD = (
    "run_on", "migrating_to", "exit_status", "exit_reason", "boot_time", "last_watchdog",
)  # fmt: skip
_SAMPLE = {
    "cpu_percent": "cpu_percent", "migration_progress": "migration_progress",
    "migration_downtime": "migration_downtime_ms",
}  # fmt: skip
_FACTS = ("ha", "priority", "lease", "has_tpm", "vcpus", "memory_mb", "min_memory_mb")


def vm(id_: str, of: VmWords) -> Vm:
    """Its record."""
    return Vm(
        id_,
        name=of.name or "",
        status=of.status or VmStatus.UNASSIGNED,
        pause_status=of.pause_status or PauseStatus.NONE,
        exit_message=of.exit_message or "",
        guest=Guest(**{field: getattr(of, word) for word, field in _GUEST.items()}),
        hardware=_hardware(of),
        **{word: getattr(of, word) for word in _RECORD},
    )


def facts(id_: str, of: VmWords) -> VmFacts:
    """What its manager knows of it. Every VM that is given has a manager."""
    told = {word: value for word in _FACTS if (value := getattr(of, word)) is not None}
    nics = tuple(VmNicFacts(nic.mac, nic.profile or "") for nic in of.nics or ())
    return VmFacts(id_, origin=origin(of.origin), nics=nics, **told)


def origin(name: str | None) -> Origin:
    """Only external VMs and the unmanaged hosted engine are judged otherwise (7.6)."""
    special = (Origin.EXTERNAL, Origin.HOSTED_ENGINE)
    return next((one for one in special if one == name), Origin.MANAGED)


def memory(id_: str, of: VmWords, at: float) -> list[object]:
    """What is remembered of it. `at` is now."""
    remembered: list[object] = []
    sample: dict[str, Any] = {
        field: value for word, field in _SAMPLE.items() if (value := getattr(of, word)) is not None
    }
    if sample:
        remembered.append(SamplesMemo({id_: SampleMemo(id_, at - 1, VmStatistics(**sample))}))
    if of.device_hash is not None:
        asked = of.devices_at if of.devices_at is not None else at - 1
        remembered.append(DevicesMemo(id_, of.device_hash, asked))
    if of.jobs is not None:
        jobs = {job: Job(known.cur, known.end) for job, known in of.jobs.items()}
        remembered.append(JobsMemo(id_, jobs))
    return remembered


def _hardware(of: VmWords) -> Hardware:
    devices = tuple(
        VmDevice(one.device, one.device, one.managed, one.plugged, one.address)
        for one in of.devices or ()
    )
    return Hardware(of.device_hash, devices, tuple(sorted((of.luns or {}).items())))
