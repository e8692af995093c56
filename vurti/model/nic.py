"""Network interfaces of hosts: as they are made, and as a sample tells of them."""

from msgspec import Struct


class Nic(Struct, frozen=True, gc=False):
    """An interface: a card, a bond of several (`slaves`), or a VLAN on another (`base`).
    `networks` are those that it carries."""

    name: str
    networks: tuple[str, ...] = ()
    slaves: tuple[str, ...] = ()
    base: str | None = None


class NicSample(Struct, frozen=True, gc=False):
    """One sample of an interface. None is what was not told, or cannot be concluded yet.

    `rx_bytes` and `tx_bytes` are its counters, `sample_time` its host's seconds when they were
    read. The totals are counters that never decrease: a counter and an offset, which is raised
    where the counter began anew. The percents are of `speed_mbps`.
    """

    name: str
    up: bool | None = None
    speed_mbps: int | None = None
    rx_bytes: int | None = None
    tx_bytes: int | None = None
    sample_time: float | None = None
    rx_total: int | None = None
    rx_offset: int | None = None
    rx_percent: float | None = None
    tx_total: int | None = None
    tx_offset: int | None = None
    tx_percent: float | None = None
