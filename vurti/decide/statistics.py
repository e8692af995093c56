"""Samples: kept as the latest, turned from counters into rates, and never news."""

import msgspec

from vurti.decide.draft import Draft
from vurti.decide.view import SampleMemo
from vurti.model import (
    Snapshot,
    Statistics,
    VdsStatisticsAnswer,
    VmStatistics,
    VmStatisticsAnswer,
)


def sampled(snapshot: Snapshot, draft: Draft) -> None:
    """Take in a host's samples of itself or of the VMs that are recorded on it (8.1)."""
    host = snapshot.host
    match snapshot.answer:
        case VdsStatisticsAnswer(statistics=statistics):
            draft.sample(Statistics(host, draft.wall, vds=statistics))
        case VmStatisticsAnswer(vms=vms):
            here = draft.view.vms_on.get(host, {})
            samples = {
                vm: _with_rates(vm, sample, snapshot.started, draft)
                for vm, sample in vms.items()
                if vm in here
            }
            draft.sample(Statistics(host, draft.wall, vms=samples))


def _with_rates(vm: str, sample: VmStatistics, started: float, draft: Draft) -> VmStatistics:
    """The sample with its CPU share, where the host only counts CPU time."""
    past = draft.view.samples.get(vm)
    if sample.cpu_percent is None and past is not None:
        percent = _cpu_percent(past, sample, started)
        sample = msgspec.structs.replace(sample, cpu_percent=percent)
    draft.memo(SampleMemo(vm, started, sample))
    return sample


def _cpu_percent(past: SampleMemo, now: VmStatistics, started: float) -> float | None:
    """Percent of all vCPUs between two samples, 0 to 100. None where a counter began anew."""
    secs = started - past.at
    before, after = past.sample.cpu_time_ns, now.cpu_time_ns
    if before is None or after is None or after < before or secs <= 0:
        return None
    return min(100.0, (after - before) / 1e9 / secs / (now.vcpus or 1) * 100)
