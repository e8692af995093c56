"""The same record as vdsm of oVirt 3 gives it: flat display, rates instead of counters, no name."""

from vurti.model.status import PauseStatus, VmStatus
from vurti.simulator.vm_stats import (
    AGE_SLOT,
    ELAPSED_SLOT,
    SESSIONS,
    Record,
    Sampled,
    address,
    cpu_shares,
    device_hash,
    display,
    ended,
    mac,
    memory_use,
    rate,
)
from vurti.simulator.words import STATUS

_LINK_BYTES_A_SECOND = 1000 * 1000 * 1000 / 8


def old_vm_stats(of: Sampled) -> Record:
    """The record of a VM, running or ended."""
    if of.listed.status is VmStatus.DOWN:
        return ended(of) | {"statsAge": AGE_SLOT}
    record = _state(of) | _screen(of) | _guest(of)
    if of.listed.status is not VmStatus.WAIT_FOR_LAUNCH:
        record["hash"] = device_hash(of)
    return record | {"network": _cards(of), "disks": _disks(of), "balloonInfo": _balloon(of)}


def _state(of: Sampled) -> Record:
    user, system = cpu_shares(of)
    record: Record = {
        "vmId": of.id,
        "status": STATUS[of.listed.status],
        "pid": str(20_000 + of.number),
        "vmType": "kvm",
        "kvmEnable": "true",
        "acpiEnable": "true",
        "elapsedTime": ELAPSED_SLOT,
        "monitorResponse": "-1" if of.stuck else "0",
        "timeOffset": "0",
        "statsAge": AGE_SLOT if of.sample is not None else "-1.00",
        "cpuUser": user,
        "cpuSys": system,
        "pauseCode": "NOERR",
    }
    if of.listed.pause_status is not PauseStatus.NONE:
        record["pauseCode"] = of.listed.pause_status.value
    if of.progress is not None:
        record["migrationProgress"] = of.progress
    return record


def _screen(of: Sampled) -> Record:
    port = display(of)[0]["port"]
    return {
        "displayType": "vnc",
        "displayPort": port,
        "displaySecurePort": "-1",
        "displayIp": "0",
        "clientIp": of.listed.client_ip,
        "cdrom": "",
        "boot": "c",
    }


def _guest(of: Sampled) -> Record:
    return {
        "memUsage": memory_use(of),
        "username": "Unknown",
        "session": SESSIONS[of.number % len(SESSIONS)],
        "guestIPs": address(of.number),
        "guestName": of.guest_name or of.listed.name,
        "guestOs": "2.6.32-504.el6.x86_64",
        "appsList": ["kernel-2.6.32-504.el6", "ovirt-guest-agent-common-1.0.10-2.el6"],
    }


def _balloon(of: Sampled) -> Record:
    if of.sample is None:
        return {}
    return {"balloon_max": str(of.sample.memory_max_kb), "balloon_cur": str(of.sample.memory_kb)}


def _cards(of: Sampled) -> Record:
    if of.sample is None:
        return {}
    name = f"vnet{of.number % 1000}"
    used = {
        f"{way}Rate": f"{100 * rate(of, f'net_{way}_bytes') / _LINK_BYTES_A_SECOND:.1f}"
        for way in ("rx", "tx")
    }
    errors = dict.fromkeys(("rxErrors", "txErrors", "rxDropped", "txDropped"), "0")
    card = {"macAddr": mac(of.number), "name": name, "speed": "1000", "state": "unknown"}
    return {name: card | used | errors}


def _disks(of: Sampled) -> Record:
    if of.sample is None:
        return {}
    return {
        "vda": {
            "imageID": f"{of.number:08x}-5a1d-4c6e-9f10-{of.number:012x}",
            "truesize": str(2_097_152_000 + of.sample.disk_write_bytes // 4096 * 512),
            "apparentsize": "42949672960",
            "readRate": f"{rate(of, 'disk_read_bytes'):.2f}",
            "writeRate": f"{rate(of, 'disk_write_bytes'):.2f}",
            "readLatency": str(150_000 + of.number % 9973),
            "writeLatency": str(400_000 + of.number % 7919),
            "flushLatency": "0",
        }
    }
