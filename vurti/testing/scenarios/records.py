"""How a VM or host stands, in the words of the format."""

from typing import Any

from vurti.decide.view import View
from vurti.model import Row, Vds, Vm, VmDevice
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
        "devices": [_device(one) for one in vm.hardware.devices],
        "luns": dict(vm.hardware.luns),
        "jobs": {id_: {"cur": job.cur, "end": job.end} for id_, job in jobs.items()},
        "cpu_percent": sample.sample.cpu_percent if sample else None,
        "migration_progress": sample.sample.migration_progress if sample else None,
        "migration_downtime": sample.sample.migration_downtime_ms if sample else None,
    }


def host_words(row: Row | None, view: View) -> dict[str, Any] | str:
    """All that is recorded of a host, and what is remembered beside it."""
    if row is None or not isinstance(row.value, Vds):
        return UNKNOWN_TO_US
    vds = row.value
    heard = view.heard(vds.id)
    return {
        "status": vds.status,
        "cluster": vds.cluster,
        "non_operational_reason": vds.reason,
        "failures": heard.failures,
        "last_ok": heard.last_ok,
    }


def _device(device: VmDevice) -> dict[str, Any]:
    return {
        "device": device.kind,
        "managed": device.managed,
        "plugged": device.plugged,
        "address": device.address,
    }
