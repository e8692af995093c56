"""Samples of VMs. The reply that carries them carries their states as well."""

from collections.abc import Mapping, Sequence
from typing import Any

from vurti.decode.vdsm.known import Known
from vurti.decode.vdsm.reading import parsed_and_read, read, read_json
from vurti.decode.vdsm.records import (
    BalloonInfo,
    Disk,
    GoodSamples,
    Nic,
    OddSamples,
    SampledRecord,
    SampleRecord,
)
from vurti.decode.vdsm.scalars import Count, Number, count, fitting, number, positive
from vurti.decode.vdsm.states import answer, vm_states, vm_states_json
from vurti.model import Balloon, VmStatesAnswer, VmStatistics, VmStatisticsAnswer, VmStatus

_DOWN = VmStatus.DOWN  # read often
_NO_BALLOON = BalloonInfo[Count]()
_NO_NICS: dict[str, Nic[Count]] = {}
_NO_DISKS: dict[str, Disk[Count]] = {}

Sample = SampleRecord[Count, Number] | SampledRecord
Traffic = tuple[int | None, int | None]


def vm_statistics(stats: Sequence[object], known: Known | None = None) -> VmStatisticsAnswer:
    """Samples of the VMs that run, and the states of all, from the parsed list of their
    statistics. Raises VdsmDecodeError for what is not a list."""
    states = vm_states(stats, known)
    return _answer(_understood(read(stats, OddSamples)[0]), states)


def vm_statistics_json(body: bytes, known: Known | None = None) -> VmStatisticsAnswer:
    """The same from the JSON of that list. Raises VdsmDecodeError.

    Nearly always it is read in one go; where that is refused, states and samples by themselves."""
    known = known or Known()
    if not known.luns and (told := read_json(body, SampledRecord, strict=False)) is not None:
        records, unreadable = told
        return _answer(records, answer([one.state() for one in records], unreadable, known))
    states = vm_states_json(body, known)
    if known.luns and (good := read_json(body, GoodSamples, strict=False)) is not None:
        return _answer(good[0], states)
    odd, _ = read_json(body, OddSamples) or parsed_and_read(body, OddSamples)
    return _answer(_understood(odd), states)


def _understood(odd: list[SampleRecord[Any, Any]]) -> Sequence[Sample]:
    """Each number as what it is, or not known."""
    for one in odd:
        one.cpu_user, one.cpu_sys = number(one.cpu_user), number(one.cpu_sys)
        one.mem_usage, one.vcpu_count = number(one.mem_usage), count(one.vcpu_count)
        if (told := one.balloon_info) is not None:
            told.balloon_cur, told.balloon_max = count(told.balloon_cur), count(told.balloon_max)
            told.balloon_target = count(told.balloon_target)
            told.balloon_min = count(told.balloon_min)
        for disk in (one.disks or {}).values():
            disk.read_bytes, disk.written_bytes = count(disk.read_bytes), count(disk.written_bytes)
        for nic in (one.network or {}).values():
            nic.rx, nic.tx = count(nic.rx), count(nic.tx)
    return odd


def _answer(records: Sequence[Sample], states: VmStatesAnswer) -> VmStatisticsAnswer:
    reports = states.vms
    samples = {one.vm_id: _sample(one) for one in records if reports[one.vm_id].status is not _DOWN}
    return VmStatisticsAnswer(samples, states)


def _sample(one: Sample) -> VmStatistics:
    vcpus = one.vcpu_count or positive(one.guest_cpu_count)
    sampled, balloon = _was_sampled(one), one.balloon_info or _NO_BALLOON
    user, system = (one.cpu_user, one.cpu_sys) if sampled else (None, None)
    disk_read, disk_written = _over_disks(one.disks or _NO_DISKS)
    net_rx, net_tx = _over_nics(one.network or _NO_NICS)
    return VmStatistics(
        cpu_percent=_share(user, system, vcpus),
        cpu_time_ns=count(one.cpu_usage) if sampled else None,
        vcpus=vcpus,
        memory_kb=balloon.balloon_cur or None,
        memory_max_kb=balloon.balloon_max or None,
        disk_read_bytes=disk_read,
        disk_write_bytes=disk_written,
        net_rx_bytes=net_rx,
        net_tx_bytes=net_tx,
        cpu_user_percent=user,
        cpu_sys_percent=system,
        memory_percent=one.mem_usage,
        balloon=_balloon(balloon),
    )


def _was_sampled(one: Sample) -> bool:
    """Before its first sample a host writes zeros; new ones say so, old ones write "0.00" where
    later there is a whole number."""
    return one.cpu_actual is not False and one.cpu_usage != "0.00"


def _share(user: float | None, system: float | None, vcpus: int | None) -> float | None:
    """Percent of all vCPUs together; vdsm tells percent of one CPU of the host."""
    if user is None or system is None or vcpus is None:
        return None
    return min(100.0, round((user + system) / vcpus, 2))


def _balloon(told: BalloonInfo[Count]) -> Balloon | None:
    """A balloon that is there tells all four; hosts of old tell two of every VM."""
    current, most = told.balloon_cur, told.balloon_max
    target, least = told.balloon_target, told.balloon_min
    if current is None or most is None or target is None or least is None:
        return None
    return Balloon(current, most, target, least)


def _over_disks(disks: Mapping[str, Disk[Count]]) -> Traffic:
    """What was read and written over all; None where there is none that tells."""
    read = written = None
    for disk in disks.values():
        if disk.read_bytes is not None:
            read = disk.read_bytes + (read or 0)
        if disk.written_bytes is not None:
            written = disk.written_bytes + (written or 0)
    return fitting(read), fitting(written)


def _over_nics(nics: dict[str, Nic[Count]]) -> Traffic:
    """What was received and sent over all; None where there is none that tells."""
    received = sent = None
    for nic in nics.values():
        if nic.rx is not None:
            received = nic.rx + (received or 0)
        if nic.tx is not None:
            sent = nic.tx + (sent or 0)
    return fitting(received), fitting(sent)
