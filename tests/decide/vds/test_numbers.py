"""What is concluded from a host's sample and from its VMs (5.C)."""

import pytest

from vurti.decide.vds.numbers import USED_NOTHING, committed, concluded
from vurti.model import VdsCapabilities, VdsStatistics, Vm, VmFacts, VmStatus

S = VmStatus
FACTS = {
    "v1": VmFacts("v1", memory_mb=1000, vcpus=2),
    "v2": VmFacts("v2", memory_mb=500, vcpus=4),
    "v3": VmFacts("v3", vcpus=1),
}


@pytest.mark.parametrize(
    ("vms", "expected"),
    [
        ({}, (65, 0)),
        ({"v1": S.UP, "v2": S.WAIT_FOR_LAUNCH}, (1065, 2)),
        ({"v1": S.UP, "v2": S.PAUSED}, (1565, 6)),
        ({"v1": S.DOWN}, (65, 0)),
        ({"v3": S.UP}, (None, 1)),
        ({"v9": S.UP, "v1": S.UP}, (None, None)),
    ],
)
def test_what_is_committed_is_what_running_vms_were_promised(
    vms: dict[str, VmStatus], expected: tuple[int | None, int | None]
) -> None:
    assert committed([Vm(id_, status=of) for id_, of in vms.items()], FACTS, 65) == expected


@pytest.mark.parametrize(
    ("sample", "percent"),
    [
        (VdsStatistics(memory_free_kb=25), 75),
        (VdsStatistics(memory_free_kb=25, memory_kb=50), 75),
        (VdsStatistics(), None),
    ],
)
def test_memory_in_use_is_what_is_not_free(sample: VdsStatistics, percent: int | None) -> None:
    assert concluded(sample, None, VdsCapabilities(memory_kb=100)).memory_percent == percent


def test_free_huge_pages_are_free_memory() -> None:
    sample = VdsStatistics(memory_free_kb=1024, hugepages_free_mb=2)
    assert concluded(sample, None, VdsCapabilities(memory_kb=4096)).memory_percent == 25


def test_a_host_that_is_not_used_uses_nothing() -> None:
    told = {getattr(USED_NOTHING, name) for name in USED_NOTHING.__struct_fields__}
    assert told == {None, 0}
