"""Interfaces: links that come and go, required ones that are down, counters that begin anew."""

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from vurti.decide.vds.alerts import Alert
from vurti.events import Mark
from vurti.model import Nic, NicSample, VdsCapabilities

Samples = Mapping[str, NicSample]


def counted(now: NicSample, past: NicSample | None) -> NicSample:
    """The sample with its totals and rates. What is not told now keeps its past offset, so that
    totals never decrease; the state of a link that is not told stays what it was."""
    past = past or NicSample(now.name)
    rx_total, rx_offset = _total(now.rx_bytes, past.rx_total, past.rx_offset)
    tx_total, tx_offset = _total(now.tx_bytes, past.tx_total, past.tx_offset)
    return replace(
        now,
        up=past.up if now.up is None else now.up,
        rx_total=rx_total,
        rx_offset=rx_offset,
        rx_percent=_percent(past.rx_total, rx_total, past, now),
        tx_total=tx_total,
        tx_offset=tx_offset,
        tx_percent=_percent(past.tx_total, tx_total, past, now),
    )


def link_changes(now: Samples, past: Samples, made: VdsCapabilities | None) -> Iterator[Alert]:
    """Links of interest that came up or went down. The first that is known of one is no change."""
    nics = (made.nics if made is not None else None) or ()
    slaves = {slave for nic in nics for slave in nic.slaves}
    bases = {nic.base for nic in nics if nic.base is not None}
    watched = {nic.name for nic in nics if nic.networks} | slaves | bases
    for name in sorted(watched & now.keys()):
        before, after = _link(past.get(name)), _link(now.get(name))
        if before is not None and after is not None and before != after:
            up, down = _SLAVE_MARKS if name in slaves else _MARKS
            yield Alert(up if after else down, f"{name} {'came up' if after else 'is down'}", name)


def required_down(
    now: Samples, made: VdsCapabilities | None, required: tuple[str, ...]
) -> dict[str, tuple[str, ...]]:
    """The interfaces that are down although a required network is on them, and which. A network on
    a VLAN is lost with the interface below it."""
    down: dict[str, tuple[str, ...]] = {}
    for nic in (made.nics if made is not None else None) or ():
        lost = tuple(network for network in nic.networks if network in required)
        below = _below(nic)
        if lost and _link(now.get(below)) is False:
            down[below] = (*down.get(below, ()), *lost)
    return down


def network_percent(now: Samples, made: VdsCapabilities | None) -> int | None:
    """How busy the busiest interface is, either way; VLANs and slaves count with what carries
    them."""
    nics = (made.nics if made is not None else None) or ()
    apart = {nic.name for nic in nics if nic.base is not None}
    apart |= {slave for nic in nics for slave in nic.slaves}
    rates = [
        rate
        for name, nic in now.items()
        if name not in apart
        for rate in (nic.rx_percent, nic.tx_percent)
        if rate is not None
    ]
    return int(max(rates)) if rates else None


_MARKS = (Mark.NIC_UP, Mark.NIC_DOWN)
_SLAVE_MARKS = (Mark.BOND_SLAVE_UP, Mark.BOND_SLAVE_DOWN)


def _below(nic: Nic) -> str:
    return nic.base if nic.base is not None else nic.name


def _link(nic: NicSample | None) -> bool | None:
    return nic.up if nic is not None else None


def _total(
    value: int | None, past_total: int | None, past_offset: int | None
) -> tuple[int | None, int | None]:
    """A counter that never decreases, and what was added to the host's own to make it so."""
    if value is None:
        return None, past_offset
    if past_offset is None:
        return 0, -value
    if past_total is not None and value + past_offset < past_total:
        past_offset = past_total  # the host's counter began anew
    return value + past_offset, past_offset


def _percent(
    before: int | None, after: int | None, past: NicSample, now: NicSample
) -> float | None:
    """The share of its speed that was used between two samples, at most 100."""
    if before is None or after is None or not now.speed_mbps:
        return None
    if past.sample_time is None or now.sample_time is None:
        return None
    secs = now.sample_time - past.sample_time
    if secs <= 0:
        return None
    return min(100.0, round(100 * 8 * (after - before) / 1e6 / secs / now.speed_mbps, 2))
