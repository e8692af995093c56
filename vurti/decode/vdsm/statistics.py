"""Samples of VMs. The reply that carries them carries their states as well."""

from collections.abc import Iterable, Sequence

from vurti.decode.vdsm.reading import Balloon, Disk, Nic, SampleRecord, read, read_json
from vurti.decode.vdsm.scalars import Odd, count, number, positive
from vurti.decode.vdsm.states import answer
from vurti.model import VmStatistics, VmStatisticsAnswer, VmStatus

_NO_BALLOON = Balloon()
_NO_NICS: dict[str, Nic] = {}
_NO_DISKS: dict[str, Disk] = {}


def vm_statistics(stats: Sequence[object]) -> VmStatisticsAnswer:
    """Samples of the VMs that run, and the states of all, from the parsed list of their
    statistics. Raises VdsmDecodeError for what is not a list."""
    return _answer(*read(stats, SampleRecord))


def vm_statistics_json(body: bytes) -> VmStatisticsAnswer:
    """The same from the JSON of that list. Raises VdsmDecodeError."""
    return _answer(*read_json(body, SampleRecord))


def _answer(records: list[SampleRecord], unreadable: tuple[str, ...]) -> VmStatisticsAnswer:
    states = answer(records, unreadable)
    running = (one for one in records if states.vms[one.vm_id].status is not VmStatus.DOWN)
    return VmStatisticsAnswer({one.vm_id: _sample(one) for one in running}, states)


def _sample(one: SampleRecord) -> VmStatistics:
    vcpus = positive(one.vcpu_count) or positive(one.guest_cpu_count)
    balloon = one.balloon_info or _NO_BALLOON
    disks, nics = (one.disks or _NO_DISKS).values(), (one.network or _NO_NICS).values()
    return VmStatistics(
        cpu_percent=_share(one, vcpus),
        cpu_time_ns=count(one.cpu_usage) if _was_sampled(one) else None,
        vcpus=vcpus,
        memory_kb=positive(balloon.balloon_cur),
        memory_max_kb=positive(balloon.balloon_max),
        disk_read_bytes=_sum(disk.read_bytes for disk in disks),
        disk_write_bytes=_sum(disk.written_bytes for disk in disks),
        net_rx_bytes=_sum(nic.rx for nic in nics),
        net_tx_bytes=_sum(nic.tx for nic in nics),
    )


def _was_sampled(one: SampleRecord) -> bool:
    """Before its first sample a host writes zeros; new ones say so, old ones write "0.00" where
    later there is a whole number."""
    return one.cpu_actual is not False and one.cpu_usage != "0.00"


def _share(one: SampleRecord, vcpus: int | None) -> float | None:
    """Percent of all vCPUs together; vdsm tells percent of one CPU of the host."""
    user, system = number(one.cpu_user), number(one.cpu_sys)
    if user is None or system is None or vcpus is None or not _was_sampled(one):
        return None
    return min(100.0, round((user + system) / vcpus, 2))


def _sum(values: Iterable[Odd]) -> int | None:
    """The sum over a VM's devices; None where there is none that tells."""
    told = [bytes_ for value in values if (bytes_ := count(value)) is not None]
    return count(sum(told)) if told else None
