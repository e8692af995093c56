"""Samples of a host."""

from collections.abc import Mapping
from datetime import UTC, datetime

from vurti.decode.vdsm.scalars import count, number, positive, text
from vurti.decode.vdsm.shapes import as_map, named, texts
from vurti.model import Disk, Multipath, NicSample, VdsStatistics, VdsStatisticsAnswer

_KIB = 1024
_NOT_BEFORE_TWO_SAMPLES = ("network", "diskStats", "cpuStatistics")
_DATE_TIME = "%Y-%m-%dT%H:%M:%S GMT"


def vds_statistics(stats: object) -> VdsStatisticsAnswer:
    """A sample of the host, from the parsed map of its statistics. Raises VdsmDecodeError."""
    told = as_map(stats)
    free, booted = count(told.get("memFree")), positive(told.get("bootTime"))
    user, system, idle, load = _cpu(told)
    huge, huge_free = _hugepages(told.get("hugepages"))
    return VdsStatisticsAnswer(
        VdsStatistics(
            cpu_percent=_sum(user, system),
            cpu_user_percent=user,
            cpu_sys_percent=system,
            cpu_idle_percent=idle,
            cpu_load_percent=load,
            memory_free_kb=None if free is None else count(free * _KIB),
            swap_total_mb=count(told.get("swapTotal")),
            swap_free_mb=count(told.get("swapFree")),
            hugepages_mb=huge,
            hugepages_free_mb=huge_free,
            boot_time=None if booted is None else float(booted),
            date_time=_date_time(told.get("dateTime")),
            vm_count=count(told.get("vmCount")),
            vms_active=count(told.get("vmActive")),
            vms_migrating=count(told.get("vmMigrating")),
            migrations_in=count(told.get("incomingVmMigrations")),
            migrations_out=count(told.get("outgoingVmMigrations")),
            ha_score=_ha_score(told),
            nics=_nics(told.get("network")),
            disks=_disks(told.get("diskStats")),
            multipaths=_multipaths(told.get("multipathHealth")),
        )
    )


def _cpu(told: Mapping[str, object]) -> tuple[float | None, ...]:
    """Percent of user, system, idle and load. A daemon that has just started has no sample yet."""
    user, system = number(told.get("cpuUser")), number(told.get("cpuSys"))
    fresh = not any(name in told for name in _NOT_BEFORE_TWO_SAMPLES)
    if fresh and not user and not system:
        return None, None, None, None
    load = number(told.get("cpuLoad"))
    return user, system, number(told.get("cpuIdle")), None if load is None else load * 100


def _sum(user: float | None, system: float | None) -> float | None:
    if user is None or system is None:
        return None
    return min(100.0, round(user + system, 2))


def _hugepages(value: object) -> tuple[int | None, int | None]:
    """MB in huge pages, and how many of them are free. Their sizes are in KiB."""
    if not isinstance(value, dict):
        return None, None
    sizes = [(positive(size) or 0, of) for size, of in named(value)]
    total = sum(size * (count(of.get("nr_hugepages")) or 0) for size, of in sizes)
    free = sum(size * (count(of.get("free_hugepages")) or 0) for size, of in sizes)
    return count(total // _KIB), count(free // _KIB)


def _date_time(value: object) -> float | None:
    try:
        told = datetime.strptime(text(value) or "", _DATE_TIME)
    except ValueError:
        return None
    return told.replace(tzinfo=UTC).timestamp()


def _ha_score(told: Mapping[str, object]) -> int | None:
    """The old form is a number; the new one tells whether there is anything to score."""
    stats = told.get("haStats")
    if isinstance(stats, dict):
        return count(stats.get("score")) if stats.get("configured") is True else None
    return count(told.get("haScore"))


def _nics(value: object) -> tuple[NicSample, ...] | None:
    if not isinstance(value, dict):
        return None
    return tuple(
        NicSample(
            name=name,
            up=_up(of.get("state")),
            speed_mbps=count(of.get("speed")),
            rx_bytes=count(of.get("rx")),
            tx_bytes=count(of.get("tx")),
            sample_time=number(of.get("sampleTime")),
        )
        for name, of in named(value)
    )


def _up(state: object) -> bool | None:
    told = text(state)
    return None if told is None else told.lower() == "up"


def _disks(value: object) -> tuple[Disk, ...] | None:
    if not isinstance(value, dict):
        return None
    return tuple(Disk(path, count(of.get("free"))) for path, of in named(value))


def _multipaths(value: object) -> tuple[Multipath, ...] | None:
    """Only devices that are not well are listed; one whose paths are not told is passed over."""
    if not isinstance(value, dict):
        return None
    return tuple(
        Multipath(device, valid, texts(of.get("failed_paths")) or ())
        for device, of in sorted(named(value))
        if (valid := count(of.get("valid_paths"))) is not None
    )
