"""What the simulated hosts say, in vurti's own values. They list ended VMs with their reason."""

from collections.abc import Iterable

from msgspec import UNSET
from msgspec.structs import replace

from vurti.model import (
    Absence,
    Guest,
    Job,
    Push,
    VdsCapabilities,
    VdsCapabilitiesAnswer,
    VdsStatistics,
    VdsStatisticsAnswer,
    VmDevice,
    VmDevicesAnswer,
    VmReport,
    VmStatesAnswer,
    VmStatistics,
    VmStatisticsAnswer,
)
from vurti.world import HostFacts, HostSample, Listed, Listing, Notice, VmSample


def vm_report(listed: Listed) -> VmReport:
    """One VM as its host lists it. Exit fields stay unset while it runs: they mean nothing then."""
    return VmReport(
        status=listed.status,
        name=listed.name,
        pause_status=listed.pause_status,
        exit_status=UNSET if listed.exit_status is None else listed.exit_status,
        exit_reason=UNSET if listed.exit_reason is None else listed.exit_reason,
        exit_message=listed.exit_message,
        begun=listed.begun,
        status_time=listed.status_time,
        device_hash=str(listed.plugs) if listed.plugs else UNSET,
        guest=UNSET if listed.exit_status is not None else Guest(client_ip=listed.client_ip),
        jobs=UNSET if listed.exit_status is not None else _jobs(listed),
    )


def _jobs(listed: Listed) -> dict[str, Job]:
    """How far one is only a sample could tell: it is there, or over."""
    return {} if listed.job is None else {listed.job.id: Job(0, 100)}


def vm_devices(listings: Iterable[Listed]) -> VmDevicesAnswer:
    """What VMs are made of: disks, and a balloon."""
    return VmDevicesAnswer({listed.id: _devices(listed) for listed in listings})


def _devices(listed: Listed) -> tuple[VmDevice, ...]:
    disks = [
        VmDevice("disk", f"{listed.id}/disk-{n}", True, address=f"{{type=pci, slot={n + 7:#04x}}}")
        for n in range(listed.disks)
    ]
    return (*disks, VmDevice("memballoon", address="{type=pci, slot=0x04}"))


def vm_states(listing: Listing) -> VmStatesAnswer:
    """All VMs of one host; one that is missing is gone."""
    reports = {listed.id: vm_report(listed) for listed in listing.vms}
    return VmStatesAnswer(vms=reports, complete=True, absence=Absence.GONE)


def push(notice: Notice, host: str) -> Push:
    """What a host said by itself; `host` is the id that vurti knows it by."""
    report = vm_report(notice.vm)
    if notice.rebooted or notice.watchdog is not None:
        watchdog = UNSET if notice.watchdog is None else notice.watchdog
        report = replace(report, rebooted=notice.rebooted, watchdog=watchdog)
    return Push(host=host, vms={notice.vm.id: report}, notify_time=notice.clock_ms)


def vm_statistics(samples: dict[str, VmSample]) -> VmStatisticsAnswer:
    """One sample for each VM that runs."""
    return VmStatisticsAnswer(
        {
            vm: VmStatistics(
                cpu_percent=one.cpu_percent,
                cpu_time_ns=one.cpu_time_ns,
                vcpus=one.vcpus,
                memory_kb=one.memory_kb,
                memory_max_kb=one.memory_max_kb,
                rss_kb=one.rss_kb,
                disk_read_bytes=one.disk_read_bytes,
                disk_write_bytes=one.disk_write_bytes,
                net_rx_bytes=one.net_rx_bytes,
                net_tx_bytes=one.net_tx_bytes,
            )
            for vm, one in samples.items()
        }
    )


def vds_statistics(sample: HostSample) -> VdsStatisticsAnswer:
    """One sample of the host itself."""
    return VdsStatisticsAnswer(
        VdsStatistics(
            cpu_percent=sample.cpu_percent,
            memory_kb=sample.memory_kb,
            memory_free_kb=sample.memory_free_kb,
            vm_count=sample.vm_count,
            boot_time=sample.boot_time,
        )
    )


def vds_capabilities(facts: HostFacts) -> VdsCapabilitiesAnswer:
    """What the host is made of."""
    return VdsCapabilitiesAnswer(
        VdsCapabilities(
            hostname=facts.hostname,
            cpu_model=facts.cpu_model,
            cpus=facts.cpus,
            cpu_sockets=facts.cpu_sockets,
            cpu_mhz=facts.cpu_mhz,
            memory_kb=facts.memory_kb,
            hypervisor=facts.hypervisor,
        )
    )
