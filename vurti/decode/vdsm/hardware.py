"""What a VM is made of as far as polls tell: its devices' hash, jobs on its disks, LUN sizes."""

from msgspec import UNSET, UnsetType

from vurti.decode.vdsm.records import Lun, StateRecord
from vurti.decode.vdsm.scalars import Odd, count, integer, number, positive, text
from vurti.model import Job

_GIB = 1024**3
_CHARS_MAX = 255


def device_hash(one: StateRecord) -> str | UnsetType:
    """The host's hash of the devices: text of a number, either sign. It means something only beside
    another one of the same host."""
    if type(one.hash) is str:
        return (text(one.hash) or UNSET) if len(one.hash) <= _CHARS_MAX else UNSET
    told = integer(one.hash) if type(one.hash) is int else None
    return UNSET if told is None else str(told)


def watchdog(one: StateRecord) -> tuple[str | UnsetType, float | UnsetType]:
    """What a watchdog did and when it last fired. One without a time is not told: it would be news
    at each poll."""
    event = one.watchdog_event
    if not isinstance(event, dict) or (time := number(event.get("time"))) is None:
        return UNSET, UNSET
    return (text(event.get("action")) or "")[:_CHARS_MAX], time


def jobs(one: StateRecord) -> dict[str, Job] | UnsetType:
    """All jobs on the VM. Where one cannot be read none is told: a job that is missing is over."""
    if not isinstance(one.vm_jobs, dict):
        return UNSET
    if not one.vm_jobs:
        return one.vm_jobs  # which is one for nearly all VMs
    jobs = {id: _job(told) for id, told in one.vm_jobs.items() if _usable(id)}
    known = {id: job for id, job in jobs.items() if job is not None}
    return known if len(known) == len(one.vm_jobs) else UNSET


def _job(told: object) -> Job | None:
    if not isinstance(told, dict):
        return None
    cur, end = count(told.get("cur")), count(told.get("end"))
    return None if cur is None or end is None else Job(cur, end)


def luns(one: StateRecord) -> dict[str, int] | UnsetType:
    """Sizes of LUNs in whole GiB, as the engine counts them; UNSET where there are none."""
    if not isinstance(one.disks, dict):
        return UNSET
    told: dict[str, int] = {}
    for disk in one.disks.values():
        id, size = _lun(disk)
        if type(id) is str and _usable(id) and (bytes := positive(size)) is not None:
            told[id] = bytes // _GIB
    return told or UNSET


def _lun(disk: object) -> tuple[Odd, Odd]:
    if isinstance(disk, Lun):
        return disk.lun_guid, disk.truesize
    return (disk.get("lunGUID"), disk.get("truesize")) if isinstance(disk, dict) else (None, None)


def _usable(id: object) -> bool:
    return type(id) is str and 0 < len(id) <= _CHARS_MAX and id.isprintable()
