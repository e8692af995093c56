"""What a host says by itself: always partial, so that what is not told stays UNSET."""

from collections.abc import Iterator

from msgspec import UNSET

from vurti.decode.vdsm.reading import VdsmDecodeError, record, usable
from vurti.decode.vdsm.records import StateRecord
from vurti.decode.vdsm.report import partial_report
from vurti.decode.vdsm.scalars import count, integer
from vurti.model import VmReport

_TIME = "notify_time"
_NOTHING_TOLD = VmReport()


def vm_status_event(params: object) -> tuple[dict[str, VmReport], int | None]:
    """Of each VM that is named what is told of its state, and the host's clock in ms. A VM of whose
    state nothing is told is left out. Raises VdsmDecodeError where nothing can be understood."""
    told, time = _told(params)
    reports = {vm: partial_report(record(value, StateRecord)) for vm, value in told}
    return {vm: one for vm, one in reports.items() if one != _NOTHING_TOLD}, time


def migration_event(params: object) -> tuple[dict[str, VmReport], int | None]:
    """Of each VM that is named how its migration goes: percent, and at its end how long it stood
    still, in ms; and the host's clock in ms. Raises VdsmDecodeError where nothing can be
    understood."""
    told, time = _told(params)
    reports = {vm: _migration(value) for vm, value in told}
    return {vm: one for vm, one in reports.items() if one != _NOTHING_TOLD}, time


def _migration(value: dict[str, object]) -> VmReport:
    progress, downtime = count(value.get("progress")), count(value.get("downtime"))
    return VmReport(
        migration_progress=UNSET if progress is None else min(progress, 100),
        migration_downtime_ms=UNSET if downtime is None else downtime,
    )


def _told(params: object) -> tuple[list[tuple[str, dict[str, object]]], int | None]:
    """The VMs stand under their ids, beside the time of the whole."""
    if not isinstance(params, dict):
        raise VdsmDecodeError(f"an event is a map, not {type(params).__name__}")
    told = list(_vms(params))
    if not told and params.keys() - {_TIME}:
        raise VdsmDecodeError("an event that tells of no VM")
    return told, integer(params.get(_TIME))


def _vms(params: dict[str, object]) -> Iterator[tuple[str, dict[str, object]]]:
    for vm, value in params.items():
        if vm != _TIME and isinstance(value, dict) and usable(vm):
            yield vm, value
