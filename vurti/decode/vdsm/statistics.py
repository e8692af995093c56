"""Samples of VMs. The reply that carries them carries their states as well."""

from collections.abc import Iterable, Sequence

from vurti.decode.vdsm.known import Known
from vurti.decode.vdsm.reading import parsed_and_read, read, read_json
from vurti.decode.vdsm.records import BalloonInfo, Disk, Nic, SampleRecord
from vurti.decode.vdsm.scalars import Odd, count, number, positive
from vurti.decode.vdsm.states import vm_states, vm_states_json
from vurti.model import Balloon, VmStatesAnswer, VmStatistics, VmStatisticsAnswer, VmStatus

_NO_BALLOON = BalloonInfo()
_NO_NICS: dict[str, Nic] = {}
_NO_DISKS: dict[str, Disk] = {}


def vm_statistics(stats: Sequence[object], known: Known | None = None) -> VmStatisticsAnswer:
    """Samples of the VMs that run, and the states of all, from the parsed list of their
    statistics. Raises VdsmDecodeError for what is not a list."""
    states = vm_states(stats, known)
    return _answer(read(stats, SampleRecord)[0], states)


def vm_statistics_json(body: bytes, known: Known | None = None) -> VmStatisticsAnswer:
    """The same from the JSON of that list. Raises VdsmDecodeError."""
    states = vm_states_json(body, known)
    samples, _ = read_json(body, SampleRecord) or parsed_and_read(body, SampleRecord)
    return _answer(samples, states)


def _answer(records: list[SampleRecord], states: VmStatesAnswer) -> VmStatisticsAnswer:
    running = (one for one in records if states.vms[one.vm_id].status is not VmStatus.DOWN)
    return VmStatisticsAnswer({one.vm_id: _sample(one) for one in running}, states)


def _sample(one: SampleRecord) -> VmStatistics:
    vcpus = positive(one.vcpu_count) or positive(one.guest_cpu_count)
    sampled, balloon = _was_sampled(one), one.balloon_info or _NO_BALLOON
    disks, nics = (one.disks or _NO_DISKS).values(), (one.network or _NO_NICS).values()
    user, system = (number(one.cpu_user), number(one.cpu_sys)) if sampled else (None, None)
    return VmStatistics(
        cpu_percent=_share(user, system, vcpus),
        cpu_time_ns=count(one.cpu_usage) if sampled else None,
        vcpus=vcpus,
        memory_kb=positive(balloon.balloon_cur),
        memory_max_kb=positive(balloon.balloon_max),
        disk_read_bytes=_sum(disk.read_bytes for disk in disks),
        disk_write_bytes=_sum(disk.written_bytes for disk in disks),
        net_rx_bytes=_sum(nic.rx for nic in nics),
        net_tx_bytes=_sum(nic.tx for nic in nics),
        cpu_user_percent=user,
        cpu_sys_percent=system,
        memory_percent=number(one.mem_usage),
        balloon=_balloon(balloon),
    )


def _was_sampled(one: SampleRecord) -> bool:
    """Before its first sample a host writes zeros; new ones say so, old ones write "0.00" where
    later there is a whole number."""
    return one.cpu_actual is not False and one.cpu_usage != "0.00"


def _share(user: float | None, system: float | None, vcpus: int | None) -> float | None:
    """Percent of all vCPUs together; vdsm tells percent of one CPU of the host."""
    if user is None or system is None or vcpus is None:
        return None
    return min(100.0, round((user + system) / vcpus, 2))


def _balloon(told: BalloonInfo) -> Balloon | None:
    """A balloon that is there tells all four; hosts of old tell two of every VM."""
    current, most = count(told.balloon_cur), count(told.balloon_max)
    target, least = count(told.balloon_target), count(told.balloon_min)
    if current is None or most is None or target is None or least is None:
        return None
    return Balloon(current, most, target, least)


def _sum(values: Iterable[Odd]) -> int | None:
    """The sum over a VM's devices; None where there is none that tells."""
    told = [bytes_ for value in values if (bytes_ := count(value)) is not None]
    return count(sum(told)) if told else None
