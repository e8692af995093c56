"""The statistics record of one VM as vdsm 4 gives it: some 45 fields in their odd types.

What differs at each reply stands as a slot in the record, to be filled when the reply is made; the
rest is as the last sample of the host found it.
"""

from msgspec import Struct

from vurti.model.status import PauseStatus, VmStatus
from vurti.simulator.words import EXIT_CODE, EXIT_REASON, STATUS, wire_id
from vurti.world import Listed, VmSample

NOW_SLOT = "@{now}@"
ELAPSED_SLOT = "@{elapsed}@"
AGE_SLOT = "@{age}@"
"""The host's clock in ms, the seconds since the VM began, the age of the sample."""

Record = dict[str, object]

SESSIONS = ("Unknown", "Active", "Locked", "LoggedOff", "UserLoggedOn")
_MIB = 1024 * 1024


class Sampled(Struct, frozen=True, kw_only=True):
    """What a record is made of. `sample` is the last of the host, `before` the one of its previous
    round `apart_secs` earlier; both are None until the host has had two looks at the VM."""

    id: str
    listed: Listed
    number: int
    at: float
    sample: VmSample | None = None
    before: VmSample | None = None
    apart_secs: float = 1.0
    progress: int | None = None
    stuck: bool = False
    watchdog: dict[str, object] | None = None
    guest_name: str | None = None
    cpu_actual: bool | None = None


def vm_stats(of: Sampled) -> Record:
    """The record of a VM, running or ended. Fields that a host knows only of running VMs are
    absent until it has seen them run."""
    if of.listed.status is VmStatus.DOWN:
        return ended(of) | {"vmName": of.listed.name, "statusTime": NOW_SLOT}
    record = _constant(of) | _state(of) | _cpu(of) | _agent(of)
    if of.listed.status is not VmStatus.WAIT_FOR_LAUNCH:
        record |= _devices(of)
    return record


def ended(of: Sampled) -> Record:
    """What is left of a VM that is over."""
    listed = of.listed
    assert listed.exit_status is not None, f"{listed.id} is over without a word why"
    assert listed.exit_reason is not None, f"{listed.id} is over without a reason"
    return {
        "vmId": of.id,
        "status": "Down",
        "exitCode": EXIT_CODE[listed.exit_status],
        "exitReason": EXIT_REASON[listed.exit_reason],
        "exitMessage": listed.exit_message,
        "timeOffset": 0,
    }


def _constant(of: Sampled) -> Record:
    return {
        "vmId": of.id,
        "vmName": of.listed.name,
        "vmType": "kvm",
        "kvmEnable": "true",
        "acpiEnable": "true",
        "vcpuPeriod": 100000,
        "vcpuQuota": "-1",
        "timeOffset": "0",
        "clientIp": of.listed.client_ip,
    }


def _state(of: Sampled) -> Record:
    record: Record = {
        "status": STATUS[of.listed.status],
        "statusTime": NOW_SLOT,
        "elapsedTime": ELAPSED_SLOT,
        "monitorResponse": "-1" if of.stuck else "0",
        "displayInfo": display(of),
        "vmJobs": jobs(of),
    }
    if of.listed.pause_status is not PauseStatus.NONE:
        record["pauseCode"] = of.listed.pause_status.value
    if of.progress is not None:
        record["migrationProgress"] = of.progress
    if of.watchdog is not None:
        record["watchdogEvent"] = of.watchdog
    return record


def jobs(of: Sampled) -> Record:
    """The jobs on its disks, as far as they were at the last sample."""
    job = of.listed.job
    if job is None:
        return {}
    id, end = wire_id(of.id, job.id), 40_960 * _MIB
    cur = int(end * min(1.0, max(0.0, of.at - job.began) / max(job.secs, 0.001)))
    image = f"{of.number:08x}-5a1d-4c6e-9f10-{of.number:012x}"
    facts = {"id": id, "jobType": "block", "blockJobType": "pull", "imgUUID": image}
    return {id: facts | {"bandwidth": 0, "cur": str(cur), "end": str(end)}}


def device_hash(of: Sampled) -> str:
    """Another number whenever its disks are others."""
    return str((of.number * 2654435761 + 7919 * of.listed.plugs + 7) % 2**63 - 2**62)


def display(of: Sampled) -> list[Record]:
    """Its screen; a VM that is not launched yet has no port."""
    launched = of.listed.status is not VmStatus.WAIT_FOR_LAUNCH
    port = str(5900 + of.number % 1000) if launched else "-1"
    return [{"type": "vnc", "port": port, "tlsPort": "-1", "ipAddress": "0"}]


def cpu_shares(of: Sampled) -> tuple[str, str]:
    """`cpuUser` and `cpuSys` in percent of one CPU of the host; zero until two samples."""
    if of.sample is None:
        return "0.00", "0.00"
    whole = of.sample.cpu_percent * of.sample.vcpus
    return f"{0.83 * whole:.2f}", f"{0.17 * whole:.2f}"


def _cpu(of: Sampled) -> Record:
    user, system = cpu_shares(of)
    record: Record = {"cpuUser": user, "cpuSys": system, "cpuUsage": "0.00"}
    if of.cpu_actual is not None:
        record["cpuActual"] = of.sample is not None
    if of.sample is not None:
        record["cpuUsage"] = str(of.sample.cpu_time_ns)
        record["vcpuCount"] = str(of.sample.vcpus)
    return record


def memory_use(of: Sampled) -> str:
    """`memUsage` in percent; "0" also stands for what is not known."""
    if of.sample is None or not of.sample.memory_kb:
        return "0"
    return str(100 * of.sample.rss_kb // of.sample.memory_kb)


def _memory_stats(sample: VmSample) -> Record:
    free = max(0, sample.memory_kb - sample.rss_kb)
    return {
        "mem_total": str(sample.memory_kb),
        "mem_unused": str(free),
        "mem_free": str(free + free // 8),
        "mem_cached": str(free // 9),
        "mem_buffers": str(free // 60),
        "swap_in": 0,
        "swap_out": 0,
        "majflt": sample.vcpus,
        "minflt": sample.cpu_time_ns // 1_000_000_000 % 997,
        "pageflt": sample.cpu_time_ns // 1_000_000_000 % 1499,
    }


def _agent(of: Sampled) -> Record:
    """What the agent within the guest tells; before it is up there are words for "not known"."""
    record: Record = {
        "guestName": of.guest_name or of.listed.name,
        "guestFQDN": f"{of.listed.name}.example.test",
        "guestOs": "6.12.0-55.el10.x86_64",
        "username": ("Unknown", "root", "None")[of.number % 3],
        "session": SESSIONS[of.number % len(SESSIONS)],
        "guestCPUCount": -1 if of.sample is None else of.sample.vcpus,
        "memUsage": memory_use(of),
        "guestIPs": address(of.number),
        "appsList": ["kernel-6.12.0-55.el10", "qemu-guest-agent-9.1.0-15.el10", "cloud-init-24.4"],
    }
    if of.sample is not None:
        record |= {
            "lastLogin": 1759990000.25 + of.number,
            "guestOsInfo": {"type": "linux", "kernel": "6.12.0-55.el10.x86_64", "arch": "x86_64",
                            "version": "10.0", "distribution": "CentOS Stream", "codename": ""},
            "guestTimezone": {"zone": "UTC", "offset": 0},
            "netIfaces": [{"name": "eth0", "hw": mac(of.number), "inet": [address(of.number)],
                           "inet6": [f"fe80::21a:4aff:fe00:{of.number % 65536:x}"]}],
            "disksUsage": [{"path": "/", "fs": "xfs", "total": "42928701440",
                            "used": str(9_000_000_000 + of.sample.disk_write_bytes // 50)}],
            "memoryStats": _memory_stats(of.sample),
        }  # fmt: skip
    return record


def address(number: int) -> str:
    """The guest's address on its network."""
    return f"10.{number // 62500 % 250}.{number // 250 % 250}.{number % 250 + 1}"


def mac(number: int) -> str:
    """The address of its network card."""
    return "00:1a:4a:{:02x}:{:02x}:{:02x}".format(*number.to_bytes(3, "big"))


def _devices(of: Sampled) -> Record:
    record: Record = {"hash": device_hash(of)}
    sample = of.sample
    if sample is None:
        return record
    kib = {name: str(sample.memory_max_kb) for name in ("max", "cur", "target")}
    balloon: Record = {f"balloon_{name}": text for name, text in kib.items()}
    balloon |= {"balloon_min": str(sample.memory_max_kb // 2), "ballooning_enabled": True}
    nic = f"vnet{of.number % 1000}"
    disks = {f"vd{chr(ord('a') + n)}": _disk(of, sample) for n in range(min(of.listed.disks, 20))}
    return record | {
        "balloonInfo": balloon,
        "network": {nic: _card(of, sample, nic)},
        "disks": disks | {"sdc": _cdrom()},
    }


def _card(of: Sampled, sample: VmSample, name: str) -> Record:
    return {
        "macAddr": mac(of.number),
        "name": name,
        "speed": "1000",
        "state": "unknown",
        "rx": str(sample.net_rx_bytes),
        "tx": str(sample.net_tx_bytes),
        "rxErrors": "0",
        "txErrors": "0",
        "rxDropped": "0",
        "txDropped": "0",
        "sampleTime": round(of.at, 2),
    }


def rate(of: Sampled, field: str) -> float:
    """By how much a counter grew per second between the last two samples."""
    if of.sample is None or of.before is None:
        return 0.0
    grown: int = getattr(of.sample, field) - getattr(of.before, field)
    return max(0.0, grown / of.apart_secs)


def _disk(of: Sampled, sample: VmSample) -> Record:
    return {
        "imageID": f"{of.number:08x}-5a1d-4c6e-9f10-{of.number:012x}",
        "truesize": str(2_000 * _MIB + sample.disk_write_bytes // 4096 * 512),
        "apparentsize": str(40_960 * _MIB),
        "readBytes": str(sample.disk_read_bytes),
        "writtenBytes": str(sample.disk_write_bytes),
        "readOps": str(sample.disk_read_bytes // 16384),
        "writeOps": str(sample.disk_write_bytes // 8192),
        "readRate": str(rate(of, "disk_read_bytes")),
        "writeRate": str(rate(of, "disk_write_bytes")),
        "readLatency": str(150_000 + of.number % 9973),
        "writeLatency": str(400_000 + of.number % 7919),
        "flushLatency": "0",
    }


def _cdrom() -> Record:
    idle = ("readBytes", "writtenBytes", "readOps", "writeOps", "truesize", "apparentsize")
    latencies = ("readLatency", "writeLatency", "flushLatency")
    record: Record = dict.fromkeys((*idle, *latencies), "0")
    return record | {"readRate": "0.0", "writeRate": "0.0"}
