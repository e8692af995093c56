"""How a VM or host stands, in the words of the format."""

from collections.abc import Iterable
from typing import Any

from msgspec.structs import asdict

from vurti.decide.view import View
from vurti.model import Nic, NicSample, Row, Vds, VdsCapabilities, Vm, VmDevice, VmFacts
from vurti.testing.scenarios.given.hosts import NO_SAMPLE
from vurti.testing.scenarios.words import UNKNOWN_TO_US


def vm_words(row: Row | None, view: View) -> dict[str, Any] | str:
    """All that is recorded of a VM, and what is remembered beside it."""
    if row is None or not isinstance(row.value, Vm):
        return UNKNOWN_TO_US
    vm, guest = row.value, row.value.guest
    sample = view.samples.get(vm.id)
    jobs = view.jobs.get(vm.id, {})
    return {
        "status": vm.status,
        "name": vm.name,
        "run_on": vm.run_on,
        "migrating_to": vm.migrating_to,
        "pause_status": vm.pause_status,
        "exit_status": vm.exit_status,
        "exit_reason": vm.exit_reason,
        "exit_message": vm.exit_message,
        "boot_time": vm.boot_time,
        "last_changed": row.changed,
        "last_watchdog": vm.last_watchdog,
        "client_ip": guest.client_ip,
        "ip": guest.ip,
        "fqdn": guest.fqdn,
        "app_list": guest.app_list,
        "guest_os": guest.os,
        "guest_host_name": guest.host_name,
        "device_hash": vm.hardware.hash,
        "devices_at": asked.at if (asked := view.devices.get(vm.id)) else None,
        "devices": [_device(one) for one in vm.hardware.devices],
        "luns": dict(vm.hardware.luns),
        "jobs": {id_: {"cur": job.cur, "end": job.end} for id_, job in jobs.items()},
        "cpu_percent": sample.sample.cpu_percent if sample else None,
        "migration_progress": sample.sample.migration_progress if sample else None,
        "migration_downtime": sample.sample.migration_downtime_ms if sample else None,
        **_known_by_managers(view.facts.get(vm.id) or VmFacts(vm.id)),
    }


def _known_by_managers(facts: VmFacts) -> dict[str, Any]:
    told = asdict(facts)
    return {**told, "nics": [{"mac": nic.mac, "profile": nic.profile} for nic in facts.nics]}


def host_words(row: Row | None, view: View) -> dict[str, Any] | str:
    """All that is recorded of a host, and what is remembered beside it."""
    if row is None or not isinstance(row.value, Vds):
        return UNKNOWN_TO_US
    vds = row.value
    heard, host = view.heard(vds.id), (view.hosts or {}).get(vds.id)
    told, sample = vds.capabilities or VdsCapabilities(), view.look(vds.id).sample or NO_SAMPLE
    return {
        "status": vds.status,
        "cluster": vds.cluster,
        "non_operational_reason": vds.reason,
        "failures": heard.failures,
        "last_ok": heard.last_ok,
        "boot_time": vds.boot_time,
        "cpu_flags": told.cpu_flags,
        "os": told.os,
        "physical_memory_mb": None if told.memory_kb is None else told.memory_kb // 1024,
        "guest_overhead_mb": told.guest_overhead_mb,
        "power_management": host.power_management if host else None,
        "spm": host.spm if host else None,
        "image_transfers": host.image_transfers if host else None,
        "vm_count": sample.vm_count,
        "hugepages_mb": sample.hugepages_mb,
        "committed_memory_mb": sample.committed_memory_mb,
        "committed_cores": sample.committed_cores,
        "nics": _nics(told.nics or (), sample.nics or ()),
    }


def _nics(made: Iterable[Nic], samples: Iterable[NicSample]) -> dict[str, dict[str, Any]]:
    of: dict[str, dict[str, Any]] = {}
    for nic in made:
        of[nic.name] = {"networks": nic.networks, "slaves": nic.slaves, "base": nic.base}
    for one in samples:
        of.setdefault(one.name, {}).update(
            state=None if one.up is None else ("up" if one.up else "down"),
            speed=one.speed_mbps,
            rx_total=one.rx_total,
            rx_offset=one.rx_offset,
            rx_rate=one.rx_percent,
            tx_total=one.tx_total,
            tx_offset=one.tx_offset,
            tx_rate=one.tx_percent,
            sample_time=one.sample_time,
        )
    return of


def _device(device: VmDevice) -> dict[str, Any]:
    return {
        "device": device.kind,
        "managed": device.managed,
        "plugged": device.plugged,
        "address": device.address,
    }
