"""What a host tells of itself: its statistics, its capabilities, its hardware.

Numbers that come out of sampling are strings; what vdsm adds afterwards stays a number.
"""

import time

from vurti.simulator.dialect import Dialect
from vurti.simulator.vm_stats import Record
from vurti.simulator.words import wire_id
from vurti.world.machine import Machine
from vurti.world.values import HostSample

_MIB_KB = 1024
_FLAGS = (
    "fpu", "vme", "de", "pse", "tsc", "msr", "pae", "mce", "cx8", "apic", "sep", "mtrr", "pge",
    "mca", "cmov", "pat", "pse36", "clflush", "mmx", "fxsr", "sse", "sse2", "ht", "syscall", "nx",
    "rdtscp", "lm", "constant_tsc", "nopl", "pni", "ssse3", "cx16", "sse4_1", "sse4_2", "popcnt",
    "aes", "xsave", "avx", "f16c", "rdrand", "hypervisor", "avx2", "bmi1", "bmi2",
)  # fmt: skip


def host_stats(machine: Machine, dialect: Dialect, now: float, age: float, wall: float) -> Record:
    """The statistics of a host; `age` is the seconds since the sample, `wall` the time of day."""
    sample = machine.sample(now)
    record = _cpu(sample, machine) | _memory(sample) | _counts(machine) | _rest(machine, now, wall)
    if dialect.old_stats:
        record |= {
            "statsAge": f"{age:.2f}",
            "generationID": wire_id("daemon", f"{machine.id}/{machine.booted}"),
            "memAvailable": sample.memory_free_kb // _MIB_KB,
            "memCommitted": 65 * sample.vm_count,
            "rxRate": "0.00", "txRate": "0.00", "rxDropped": "0", "txDropped": "0",
        }  # fmt: skip
    return record


def _cpu(sample: HostSample, machine: Machine) -> Record:
    user, system = 0.8 * sample.cpu_percent, 0.2 * sample.cpu_percent
    return {
        "cpuUser": f"{user:.2f}",
        "cpuSys": f"{system:.2f}",
        "cpuIdle": f"{100 - user - system:.2f}",
        "cpuLoad": f"{sample.cpu_percent * machine.facts.cpus / 100:.2f}",
        "cpuUserVdsmd": "0.53",
        "cpuSysVdsmd": "0.27",
        "cpuStatistics": {
            str(cpu): {
                "cpuUser": f"{user:.2f}", "cpuSys": f"{system:.2f}",
                "cpuIdle": f"{100 - user - system:.2f}",
                "nodeIndex": cpu % machine.facts.cpu_sockets,
            }
            for cpu in range(machine.facts.cpus)
        },
    }  # fmt: skip


def _memory(sample: HostSample) -> Record:
    used = 100 * (1 - sample.memory_free_kb / sample.memory_kb)
    free = sample.memory_free_kb // _MIB_KB
    return {
        "memUsed": f"{used:.0f}",
        "memFree": free,
        "anonHugePages": "1824",
        "swapTotal": 16383,
        "swapFree": 16383,
        "thpState": "always",
        "numaNodeMemFree": {"0": {"memFree": str(free), "memPercent": int(used)}},
        "hugepages": {
            size: {"resv_hugepages": 0, "free_hugepages": 0, "nr_overcommit_hugepages": 0,
                   "surplus_hugepages": 0, "vm.free_hugepages": 0, "nr_hugepages": 0}
            for size in ("2048", "1048576")
        },
        "ksmState": False,
        "ksmMergeAcrossNodes": True,
        "ksmPages": 100,
        "ksmCpu": 0,
        "memShared": 0,
    }  # fmt: skip


def _counts(machine: Machine) -> Record:
    living = machine.living()
    active = sum(run.runs for run in living)
    leaving = sum(run.listed.status.value == "MigratingFrom" for run in living)
    coming = sum(run.listed.status.value == "MigratingTo" for run in living)
    return {
        "vmCount": len(machine.runs),
        "vmActive": active,
        "vmMigrating": leaving + coming,
        "incomingVmMigrations": coming,
        "outgoingVmMigrations": leaving,
    }


def _rest(machine: Machine, now: float, wall: float) -> Record:
    score: Record = {"configured": False, "active": False, "score": 0}
    ha = score | {"globalMaintenance": False, "localMaintenance": False}
    disks = ("/var/log", "/var/run/vdsm/", "/tmp")  # noqa: S108  the names that hosts tell
    return {
        "bootTime": str(int(machine.sample(now).boot_time)),
        "elapsedTime": str(int(now - machine.booted)),
        "dateTime": time.strftime("%Y-%m-%dT%H:%M:%S GMT", time.gmtime(wall)),
        "netConfigDirty": "False",
        "momStatus": "active",
        "network": {name: _card(name, now, machine) for name in ("em1", "ovirtmgmt")},
        "storageDomains": _domains(now),
        "diskStats": {path: {"free": "44231"} for path in disks},
        "haStats": ha,
        "multipathHealth": {},
        "v2vJobs": {},
    }


def _card(name: str, now: float, machine: Machine) -> Record:
    up = now - machine.booted
    zero = dict.fromkeys(("rxErrors", "txErrors", "rxDropped", "txDropped"), "0")
    return {
        "name": name, "speed": "10000", "state": "up", "sampleTime": round(up, 3),
        "rx": str(int(up * 1.3e7)), "tx": str(int(up * 0.9e7)),
    } | zero  # fmt: skip


def _domains(now: float) -> Record:
    return {
        wire_id("domain", str(number)): {
            "code": 0,
            "delay": f"{0.0003 + 0.0001 * ((now // 10 + number) % 7):.9f}",
            "lastCheck": f"{now % 10:.1f}",
            "valid": True,
            "version": 5,
            "acquired": True,
            "actual": True,
        }
        for number in range(2)
    }


def hardware(machine: Machine) -> Record:
    """What the case says."""
    uuid = wire_id("hardware", machine.id)
    return {
        "systemManufacturer": "vurti",
        "systemProductName": "Simulated Host",
        "systemVersion": "1",
        "systemSerialNumber": uuid[:8].upper(),
        "systemUUID": uuid.upper(),
        "systemFamily": "",
    }


def capabilities(machine: Machine, dialect: Dialect, networks: int, peer: str) -> Record:
    """What a host is made of; `networks` is how many it has, `peer` the address that asks."""
    facts = machine.facts
    cores = max(1, facts.cpus // 2)
    flags = list(_FLAGS)
    machine_turn = int(-machine.booted) % len(flags)  # the order of a set: another at each start
    flags = flags[machine_turn:] + flags[:machine_turn]
    return _software(machine, dialect) | {
        "cpuModel": facts.cpu_model,
        "cpuCores": str(cores),
        "cpuSockets": str(facts.cpu_sockets),
        "cpuThreads": str(facts.cpus),
        "cpuSpeed": f"{facts.cpu_mhz}.000",
        "cpuFlags": ",".join((*flags, f"model_{facts.cpu_model}")),
        "onlineCpus": ",".join(map(str, range(facts.cpus))),
        "memSize": str(facts.memory_kb // _MIB_KB),
        "reservedMem": "321",
        "guestOverhead": "65",
        "uuid": wire_id("hardware", machine.id).upper(),
        "boot_uuid": wire_id("boot", machine.id),
        "networks": _networks(networks),
        "nics": {"em1": {"hwaddr": "52:54:00:12:34:56", "mtu": "1500", "speed": 10000}},
        "bridges": {}, "bondings": {}, "vlans": {},
        "numaNodes": {"0": {"cpus": list(range(facts.cpus)),
                            "totalMemory": str(facts.memory_kb // _MIB_KB)}},
        "lastClientIface": "lo" if peer.startswith("127.") else "ovirtmgmt",
    }  # fmt: skip


def _networks(count: int) -> Record:
    names = ("ovirtmgmt", *(f"net-{number}" for number in range(1, count)))
    return {name: {"iface": name, "bridged": True, "mtu": "1500", "stp": "off"} for name in names}


def _software(machine: Machine, dialect: Dialect) -> Record:
    version = {"3.3": "4.13", "3.5": "4.16", "4.0": "4.18", "4.1": "4.19"}
    package = {"version": machine.facts.hypervisor.split()[1], "release": "1.el10",
               "buildtime": 1738000000.0}  # fmt: skip
    iqn = f"iqn.1994-05.com.redhat:{wire_id('iqn', machine.id)[:12]}"
    return {
        "software_version": version.get(dialect.version, "4.50"),
        "software_revision": "1",
        "version_name": "Snow Man",
        "kvmEnabled": "true",
        "hostdevPassthrough": "false",
        "netConfigDirty": "False",
        "operatingSystem": {"name": "RHEL", "version": "10", "release": "1.el10"},
        "packages2": {"qemu-kvm": package, "kernel": dict(package, buildtime=1738000001)},
        "vmTypes": ["kvm"],
        "supportedENGINEs": ["4.2", "4.3", "4.4", "4.5"],
        "clusterLevels": ["4.2", "4.3", "4.4", "4.5", "4.6", "4.7"],
        "emulatedMachines": ["pc", "q35", "pc-q35-rhel9.4.0"],
        "ISCSIInitiatorName": iqn,
        "HBAInventory": {"iSCSI": [{"InitiatorName": iqn}], "FC": []},
        "kdumpStatus": 1,
        "selinux": {"mode": "1"},
        "hooks": {},
        "additionalFeatures": ["libgfapi_supported"],
        "tscFrequency": f"{machine.facts.cpu_mhz * 1_000_000}",
        "vncEncrypted": False,
        "hostname": machine.facts.hostname,
    }  # fmt: skip
