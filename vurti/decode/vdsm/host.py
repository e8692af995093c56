"""Samples of a host, and what it is made of."""

from collections.abc import Mapping

from vurti.decode.vdsm.reading import VdsmDecodeError
from vurti.decode.vdsm.scalars import count, number, positive, text
from vurti.model import (
    VdsCapabilities,
    VdsCapabilitiesAnswer,
    VdsStatistics,
    VdsStatisticsAnswer,
)

_KIB = 1024
_NOT_BEFORE_TWO_SAMPLES = ("network", "diskStats", "cpuStatistics")


def vds_statistics(stats: object) -> VdsStatisticsAnswer:
    """A sample of the host, from the parsed map of its statistics. Raises VdsmDecodeError."""
    told = _map(stats)
    free, booted = count(told.get("memFree")), positive(told.get("bootTime"))
    return VdsStatisticsAnswer(
        VdsStatistics(
            cpu_percent=_busy(told),
            memory_free_kb=None if free is None else count(free * _KIB),
            vm_count=count(told.get("vmCount")),
            boot_time=None if booted is None else float(booted),
        )
    )


def _busy(told: Mapping[str, object]) -> float | None:
    user, system = number(told.get("cpuUser")), number(told.get("cpuSys"))
    if user is None or system is None:
        return None
    if user + system == 0 and not any(name in told for name in _NOT_BEFORE_TWO_SAMPLES):
        return None  # its daemon has just started and has no sample yet
    return min(100.0, round(user + system, 2))


def capabilities(caps: object) -> VdsCapabilitiesAnswer:
    """What the host is made of, from the parsed map of its capabilities. vdsm does not tell a
    host's name. Raises VdsmDecodeError."""
    told = _map(caps)
    memory_mb = positive(told.get("memSize"))
    return VdsCapabilitiesAnswer(
        VdsCapabilities(
            cpu_model=text(told.get("cpuModel")) or None,
            cpus=positive(told.get("cpuThreads")) or positive(told.get("cpuCores")),
            cpu_sockets=positive(told.get("cpuSockets")),
            cpu_mhz=positive(told.get("cpuSpeed")),
            memory_kb=None if memory_mb is None else count(memory_mb * _KIB),
            hypervisor=_version(told),
        )
    )


def _version(told: Mapping[str, object]) -> str | None:
    version, revision = text(told.get("software_version")), text(told.get("software_revision"))
    if not version:
        return None
    return f"vdsm {version}-{revision}" if revision else f"vdsm {version}"


def _map(value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise VdsmDecodeError(f"a map was asked for, not {type(value).__name__}")
    return value
