"""Samples of VMs. The reply that carries them carries their states as well."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any

from vurti.decode.vdsm.known import Known, ids
from vurti.decode.vdsm.reading import parsed_and_read, read, read_json
from vurti.decode.vdsm.records import (
    BalloonInfo,
    GoodSamples,
    OddSamples,
    SampledRecord,
    SampleRecord,
)
from vurti.decode.vdsm.scalars import Count, Number, count, fitting, number, positive
from vurti.decode.vdsm.states import answer, vm_states, vm_states_json
from vurti.model import Balloon, VmStatesAnswer, VmStatistics, VmStatisticsAnswer, VmStatus

_DOWN = VmStatus.DOWN  # read often
_NO_BALLOON = BalloonInfo[Count]()
_NONE: Mapping[str, Any] = {}

Sample = SampleRecord[Count, Number] | SampledRecord
Traffic = tuple[int | None, int | None]
_OF_DISK: Callable[[Any], Traffic] = attrgetter("read_bytes", "written_bytes")
_OF_NIC: Callable[[Any], Traffic] = attrgetter("rx", "tx")


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
    told = zip(ids(records, reports), records, strict=True)
    samples = {vm: _sample(one) for vm, one in told if reports[vm].status is not _DOWN}
    return VmStatisticsAnswer(samples, states)


def _sample(one: Sample) -> VmStatistics:
    vcpus = one.vcpu_count or positive(one.guest_cpu_count)
    sampled, balloon = _was_sampled(one), one.balloon_info or _NO_BALLOON
    user, system = (one.cpu_user, one.cpu_sys) if sampled else (None, None)
    disk_read, disk_written = _over((one.disks or _NONE).values(), _OF_DISK)
    net_rx, net_tx = _over((one.network or _NONE).values(), _OF_NIC)
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


def _over(things: Iterable[object], told: Callable[[Any], Traffic]) -> Traffic:
    """What each of them tells, summed up either way; None where there is none that tells."""
    ins = outs = None
    for thing in things:
        in_, out = told(thing)
        if in_ is not None:
            ins = in_ + (ins or 0)
        if out is not None:
            outs = out + (outs or 0)
    return fitting(ins), fitting(outs)
