"""Samples as differences of counters, and nothing where two counters are not of one run."""

from uuid import UUID

import pytest

from vurti.decode.libvirt import (
    CpuSample,
    MadeOf,
    VcpuCount,
    capabilities,
    made_of,
    vds_statistics,
    vm_statistics,
)
from vurti.model import VdsCapabilities, VdsStatistics, VmStatistics
from vurti.wire.libvirt_calls import DomainRef
from vurti.wire.libvirt_replies import DomainStats, NodeInfo, Value
from vurti.wire.xdr import WireError

ID = str(UUID(int=1))
FIELDS: dict[str, Value] = {
    "cpu.time": 3_000_000_000, "balloon.current": 1024, "balloon.maximum": 2048,
    "balloon.rss": 900, "net.count": 2, "net.0.rx.bytes": 10,
    "net.1.rx.bytes": 5, "net.0.tx.bytes": 7, "block.count": 1, "block.0.rd.bytes": 512,
}  # fmt: skip


def record(run: int = 3, **changes: Value) -> DomainStats:
    domain = DomainRef("vm", UUID(int=1).bytes, run)
    return DomainStats(domain, FIELDS | {key.replace("_", "."): changes[key] for key in changes})


TWO_VCPUS = {record().domain: VcpuCount(1.0, 2)}


def test_a_sample_sums_over_devices_and_leaves_out_what_is_not_told() -> None:
    answer, samples = vm_statistics([record()], 10.0, {}, TWO_VCPUS)
    assert answer.vms[ID] == VmStatistics(
        cpu_time_ns=3_000_000_000, vcpus=2, memory_kb=1024, memory_max_kb=2048, rss_kb=900,
        disk_read_bytes=512, net_rx_bytes=15, net_tx_bytes=7,
    )  # fmt: skip
    assert samples == {ID: CpuSample(10.0, 3_000_000_000, 3)}


@pytest.mark.parametrize(
    ("before", "percent"),
    [
        (CpuSample(8.0, 1_000_000_000, 3), 50.0),  # 2 s spent in 2 s on 2 vCPUs
        (CpuSample(8.0, 1_000_000_000, 2), None),  # another run
        (CpuSample(8.0, 4_000_000_000, 3), None),  # the counter went back
        (CpuSample(10.0, 1_000_000_000, 3), None),  # no time has passed
        (CpuSample(9.9, 0, 3), 100.0),  # never more than all of it
    ],
)
def test_cpu_percent_needs_two_samples_of_one_run(before: CpuSample, percent: float | None) -> None:
    answer, _ = vm_statistics([record()], 10.0, {ID: before}, TWO_VCPUS)
    assert answer.vms[ID].cpu_percent == percent


@pytest.mark.parametrize("counts", [{}, {record(run=2).domain: VcpuCount(1.0, 2)}])
def test_without_the_vcpus_of_this_run_no_share_of_them_is_told(
    counts: dict[DomainRef, VcpuCount],
) -> None:
    before = CpuSample(8.0, 1_000_000_000, 3)
    answer, _ = vm_statistics([record()], 10.0, {ID: before}, counts)
    assert (answer.vms[ID].vcpus, answer.vms[ID].cpu_percent) == (None, None)
    assert answer.vms[ID].cpu_time_ns == 3_000_000_000


def test_a_vm_that_does_not_run_has_no_sample() -> None:
    answer, samples = vm_statistics([record(run=-1)], 10.0, {}, {})
    assert answer.vms == samples == {}


def test_an_absurd_number_of_devices_costs_nothing() -> None:
    answer, _ = vm_statistics([record(net_count=2**31)], 10.0, {}, {})
    assert answer.vms[ID].net_rx_bytes == 15


def test_a_host_is_busy_with_what_is_neither_idle_nor_waiting() -> None:
    before = {"kernel": 0, "user": 0, "idle": 0, "iowait": 0}
    now = {"kernel": 10, "user": 20, "idle": 60, "iowait": 10}
    memory = {"total": 100, "free": 20, "buffers": 1, "cached": 4}
    assert vds_statistics(now, before, memory, 3).statistics == VdsStatistics(
        cpu_percent=30.0,
        cpu_user_percent=20.0,
        cpu_sys_percent=10.0,
        cpu_idle_percent=70.0,
        memory_kb=100,
        memory_free_kb=25,
        vm_count=3,
    )
    assert vds_statistics(now, {}, {}, None).statistics == VdsStatistics()
    assert vds_statistics(before, now, {}, None).statistics.cpu_percent is None


def test_capabilities_count_the_sockets_of_all_nodes() -> None:
    node = NodeInfo("x86_64", 1000, 16, 2400, 2, 1, 4, 2)
    assert capabilities(node, "alpha", 7002022, "QEMU").capabilities == VdsCapabilities(
        hostname="alpha", cpu_model="x86_64", cpus=16, cpu_sockets=2, cpu_mhz=2400,
        memory_kb=1000, hypervisor="QEMU 7.2.22",
    )  # fmt: skip


XML = """<capabilities>
  <host><cpu><arch>x86_64</arch><model>Haswell</model><feature name='vmx'/></cpu></host>
  <guest><os_type>hvm</os_type><arch name='i686'><machine>isapc</machine></arch></guest>
  <guest><os_type>hvm</os_type><arch name='x86_64'>
    <machine maxCpus='255'>pc</machine><machine>q35</machine>
    <domain type='qemu'><machine>pc</machine></domain>
  </arch></guest>
</capabilities>"""


def test_the_xml_tells_model_architecture_and_the_machines_of_that_one() -> None:
    assert made_of(XML) == MadeOf("x86_64", "Haswell", ("pc", "q35"))
    node = NodeInfo("x86_64", 1000, 16, 2400, 2, 1, 4, 2)
    told = capabilities(node, "alpha", 7002022, "QEMU", made_of(XML)).capabilities
    assert (told.cpu_model, told.architecture) == ("Haswell", "x86_64")
    assert told.cpu_flags is None
    assert told.kvm_enabled is None


@pytest.mark.parametrize(
    "xml", ["", "<a", "<!DOCTYPE a><a/>", "<a>" + "<b/>" * 100_000 + "</a>", "<a>\x00</a>"]
)
def test_xml_that_is_none_is_the_documented_error(xml: str) -> None:
    with pytest.raises(WireError):
        made_of(xml)


@pytest.mark.parametrize("xml", ["<capabilities/>", "<host><cpu><arch/></cpu></host>"])
def test_xml_that_tells_nothing_tells_nothing(xml: str) -> None:
    assert made_of(xml) == MadeOf()
