"""Samples: kept for the VMs of their host, with a rate where the host only counts (§8.1)."""

import pytest

from vurti.model import (
    Snapshot,
    VdsStatistics,
    VdsStatisticsAnswer,
    Vm,
    VmStatistics,
    VmStatisticsAnswer,
    VmStatus,
)
from vurti.testing.fold import WALL, Fold

V = Vm("v", status=VmStatus.UP, run_on="A")


def sampled(fold: Fold, secs: float, **vms: VmStatistics) -> dict[str, VmStatistics]:
    """What is kept of these samples, asked for so long after the last ones."""
    fold.at += secs
    (kept,) = fold.give(Snapshot("A", fold.at, VmStatisticsAnswer(vms))).statistics
    return kept.vms


@pytest.mark.parametrize(
    ("secs", "ns", "vcpus", "percent"),
    [
        (10.0, 5_000_000_000, 1, 50.0),
        (10.0, 5_000_000_000, 2, 25.0),
        (10.0, 0, 1, 0.0),
        (1.0, 9_000_000_000, 2, 100.0),
        (10.0, -1, 1, None),
        (0.0, 5, 1, None),
    ],
)
def test_a_counter_of_cpu_time_becomes_a_share_of_all_vcpus(
    secs: float, ns: int, vcpus: int, percent: float | None
) -> None:
    fold, before = Fold(V), 1_000_000_000
    first = sampled(fold, 1, v=VmStatistics(cpu_time_ns=before, vcpus=vcpus))
    assert first["v"].cpu_percent is None
    second = sampled(fold, secs, v=VmStatistics(cpu_time_ns=before + ns, vcpus=vcpus))
    assert second["v"].cpu_percent == percent


def test_a_share_that_the_host_tells_itself_is_kept_as_told() -> None:
    fold = Fold(V)
    sampled(fold, 1, v=VmStatistics(cpu_time_ns=1))
    kept = sampled(fold, 1, v=VmStatistics(cpu_percent=12.5, cpu_time_ns=9))
    assert kept["v"].cpu_percent == 12.5


def test_samples_of_a_vm_that_is_not_recorded_on_the_host_are_not_kept() -> None:
    fold = Fold(V, Vm("w", status=VmStatus.UP, run_on="B"))
    assert sampled(fold, 1, v=VmStatistics(vcpus=1), w=VmStatistics(vcpus=1)).keys() == {"v"}


def test_contract_10_a_hosts_sample_is_one_row_that_says_when_it_was_heard_and_no_event() -> None:
    fold = Fold(V)
    fold.at += 1
    answer = VdsStatisticsAnswer(VdsStatistics(cpu_percent=3.0))
    decision = fold.give(Snapshot("A", fold.at, answer))
    (kept,) = decision.statistics
    assert (kept.host, kept.heard_at) == ("A", WALL + fold.at)
    assert decision.changes == decision.events == ()
