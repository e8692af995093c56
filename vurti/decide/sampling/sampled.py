"""A host's samples of the VMs that are recorded on it (8.1)."""

from msgspec.structs import replace

from vurti.decide.draft import Draft
from vurti.decide.sampling.memory import judge_memory
from vurti.decide.view import SampleMemo
from vurti.model import (
    ENDED,
    Snapshot,
    Statistics,
    Vm,
    VmStatistics,
    VmStatisticsAnswer,
    VmStatus,
)


def sampled(snapshot: Snapshot, draft: Draft) -> None:
    """Keep them as the latest. Those of a VM count also where its state in the same answer came too
    late to count (Q15)."""
    match snapshot.answer:
        case VmStatisticsAnswer() as answer:
            _vms_sampled(snapshot.host, snapshot.started, answer, draft)


def _vms_sampled(host: str, started: float, answer: VmStatisticsAnswer, draft: Draft) -> None:
    here, arriving = draft.vms_on(host), _arriving(answer)
    samples = {
        vm: _kept(vm, sample, started, draft)
        for vm, sample in answer.vms.items()
        if vm in here and vm not in arriving
    }
    draft.sample(Statistics(host, draft.wall, vms=samples))
    ballooning = draft.cluster(host).ballooning
    for vm, sample in samples.items():
        if sample.balloon is not None:
            judge_memory(vm, host, sample, ballooning, draft)


def ended(vm: Vm, draft: Draft) -> None:
    """Its run is over: what was measured of it holds no longer."""
    if vm.run_on is not None:
        draft.keep_sample(SampleMemo(vm.id, draft.at, ENDED))
        draft.sample(Statistics(vm.run_on, draft.wall, vms={vm.id: ENDED}))


def _arriving(answer: VmStatisticsAnswer) -> set[str]:
    """Of a VM that is only being received here, nothing counts (7.2)."""
    states = answer.states.vms.items() if answer.states is not None else ()
    return {vm for vm, report in states if report.status is VmStatus.MIGRATING_TO}


def _kept(vm: str, sample: VmStatistics, started: float, draft: Draft) -> VmStatistics:
    """The sample with its CPU share, where the host only counts, and with what pushes have told."""
    past = draft.last_sample(vm)
    if sample.cpu_percent is None:
        sample = replace(sample, cpu_percent=_cpu_percent(vm, past, sample, started, draft))
    if past is not None and past.sample.migration_progress is not None:
        sample = replace(
            sample,
            migration_progress=past.sample.migration_progress,
            migration_downtime_ms=past.sample.migration_downtime_ms,
        )
    draft.keep_sample(SampleMemo(vm, started, sample))
    return sample


def _cpu_percent(
    vm: str, past: SampleMemo | None, now: VmStatistics, started: float, draft: Draft
) -> float | None:
    """Percent of all vCPUs, 0 to 100: as told of one CPU of the host, else between two samples.
    None where a counter began anew."""
    facts = draft.facts(vm)
    vcpus = now.vcpus or (facts.vcpus if facts is not None else None)
    if now.cpu_user_percent is not None and now.cpu_sys_percent is not None and vcpus:
        return float(min(100, int((now.cpu_user_percent + now.cpu_sys_percent) / vcpus)))
    if past is None:
        return None
    secs = started - past.at
    before, after = past.sample.cpu_time_ns, now.cpu_time_ns
    if before is None or after is None or after < before or secs <= 0:
        return None
    return min(100.0, (after - before) / 1e9 / secs / (vcpus or 1) * 100)
