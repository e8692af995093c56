"""What a sample of a host shows that somebody should know (5.B), with the quirks mended."""

from typing import Any

import pytest

from vurti.decide import Rules
from vurti.decide.vds.alerts import alerts, drift
from vurti.events import Mark
from vurti.model import (
    Cluster,
    Disk,
    MemoryThreshold,
    Multipath,
    NicSample,
    VdsCapabilities,
    VdsStatistics,
)

GB = 2**20


def told(
    past: VdsStatistics | None = None, cluster: dict[str, Any] | None = None, **sample: Any
) -> list[str]:
    found = alerts(
        VdsStatistics(**sample),
        past,
        VdsCapabilities(memory_kb=100 * GB),
        Cluster("east", **cluster or {}),
        Rules(),
    )
    return [one.mark.value for one in found]


@pytest.mark.parametrize(
    ("sample", "expected"),
    [
        ({"cpu_percent": 95.9}, []),
        ({"cpu_percent": 96.0}, ["high_cpu"]),
        ({"memory_free_kb": 5 * GB}, []),
        ({"memory_free_kb": 4 * GB}, ["high_memory"]),
        ({"memory_free_kb": 4 * GB, "hugepages_mb": 50 * 1024}, []),
        ({"memory_free_kb": 0, "hugepages_mb": 100 * 1024}, []),
        ({"swap_total_mb": 4000, "swap_free_mb": 1003}, ["low_swap"]),
        ({"swap_total_mb": 4000, "swap_free_mb": 1004}, []),
        ({"swap_total_mb": 100_000, "swap_free_mb": 4999}, []),
        ({"swap_total_mb": 100_000, "swap_free_mb": 4000}, ["high_swap"]),
        ({"swap_total_mb": 0, "swap_free_mb": 0}, []),
        ({"nics": (NicSample("a", rx_percent=96.0), NicSample("b", tx_percent=95.9))},
         ["high_network"]),
        ({"disks": (Disk("/a", 100), Disk("/b", 99), Disk("/c", None))}, ["critical_disk"]),
        ({"disks": (Disk("/a", 101),)}, []),
    ],
)  # fmt: skip
def test_what_is_beyond_its_threshold_is_told(sample: dict[str, Any], expected: list[str]) -> None:
    assert told(**sample) == expected


@pytest.mark.parametrize(("free_mb", "expected"), [(1024, []), (1023, ["low_memory"])])
def test_a_cluster_may_count_memory_in_megabytes(free_mb: int, expected: list[str]) -> None:
    cluster = {"memory_threshold": 1024, "memory_threshold_type": MemoryThreshold.ABSOLUTE}
    assert told(cluster=cluster, memory_free_kb=free_mb * 1024) == expected


def test_a_disk_is_low_before_it_is_critical_where_the_thresholds_differ() -> None:
    rules = Rules(disk_free_mb_min=500)
    sample = VdsStatistics(disks=(Disk("/a", 300), Disk("/b", 50)))
    found = alerts(sample, None, None, Cluster("east"), rules)
    assert [(one.mark, one.words) for one in found] == [
        (Mark.CRITICAL_DISK, "free: 50 MB at /b"),
        (Mark.LOW_DISK, "free: 300 MB at /a"),
    ]


FAULTY, DEAD = Multipath("m", 1, ("sda",)), Multipath("n", 0, ("sdb",))


@pytest.mark.parametrize(
    ("past", "now", "expected"),
    [
        (None, (), []),
        (None, (FAULTY,), ["multipath_faulty"]),
        ((FAULTY,), (FAULTY,), []),
        ((FAULTY,), (FAULTY, DEAD), ["multipath_dead", "multipath_faulty"]),
        ((DEAD,), (), ["multipath_well"]),
        ((DEAD,), None, []),
        ((), (), []),
    ],
)
def test_paths_to_storage_are_told_when_they_change(
    past: tuple[Multipath, ...] | None, now: tuple[Multipath, ...] | None, expected: list[str]
) -> None:
    assert told(past=VdsStatistics(multipaths=past), multipaths=now) == expected


@pytest.mark.parametrize(
    ("date", "clocks", "told"),
    [
        (1300.0, (1000.0,), False),
        (1301.0, (1000.0,), True),
        (698.0, (1000.0,), True),
        (1000.0, (4600.0, 1000.0), False),
        (4600.0, (4600.0, 1000.0), False),
        (2800.0, (4600.0, 1000.0), True),
        (None, (1000.0,), False),
    ],
)
def test_a_clock_drifts_that_agrees_with_none_of_ours(
    date: float | None, clocks: tuple[float, ...], told: bool
) -> None:
    assert (drift(date, clocks, Rules()) is not None) is told
    assert drift(date, clocks, Rules(clock_drift=False)) is None
