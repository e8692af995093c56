"""Interfaces: links, required ones that are down, and counters that begin anew (5.B, 5.C)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vurti.decide.vds.nics import counted, link_changes, network_percent, required_down
from vurti.model import Nic, NicSample, VdsCapabilities

MADE = VdsCapabilities(
    nics=(
        Nic("bond0", ("net1",), slaves=("eth3", "eth4")),
        Nic("eth1"),
        Nic("eth1.100", ("net2",), base="eth1"),
        Nic("eth2", ("net3",)),
        Nic("eth3"),
        Nic("eth4"),
        Nic("eth9"),
    )
)


def links(**up: bool | None) -> dict[str, NicSample]:
    return {name: NicSample(name, up=state) for name, state in up.items()}


@pytest.mark.parametrize(
    ("past", "now", "expected"),
    [
        ({"eth2": True}, {"eth2": False}, [("nic_down", "eth2")]),
        ({"eth2": False}, {"eth2": True}, [("nic_up", "eth2")]),
        ({"eth3": True}, {"eth3": False}, [("bond_slave_down", "eth3")]),
        ({"eth1": True}, {"eth1": False}, [("nic_down", "eth1")]),
        ({"eth9": True}, {"eth9": False}, []),
        ({"eth2": None}, {"eth2": False}, []),
        ({}, {"eth2": True}, []),
        ({"eth2": True}, {"eth2": True}, []),
    ],
)
def test_links_that_matter_are_told_when_they_change(
    past: dict[str, bool], now: dict[str, bool], expected: list[tuple[str, str]]
) -> None:
    found = link_changes(links(**now), links(**past), MADE)
    assert [(one.mark.value, one.key) for one in found] == expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ({"eth1": False}, {"eth1": ("net2",)}),
        ({"bond0": False, "eth2": False}, {"bond0": ("net1",)}),
        ({"eth2": False}, {}),
        ({"eth1": None}, {}),
        ({}, {}),
    ],
)
def test_a_required_network_is_lost_with_what_it_is_on(
    now: dict[str, bool], expected: dict[str, tuple[str, ...]]
) -> None:
    assert required_down(links(**now), MADE, ("net1", "net2")) == expected


def test_a_network_is_as_busy_as_its_busiest_interface_but_vlans_and_slaves() -> None:
    rates = {"bond0": 20.0, "eth3": 90.0, "eth1": 35.9, "eth1.100": 99.0}
    now = {name: NicSample(name, rx_percent=rate) for name, rate in rates.items()}
    assert network_percent(now, MADE) == 35
    assert network_percent({}, MADE) is None


@pytest.mark.parametrize(
    ("past", "now", "total", "offset"),
    [
        (None, 500, 0, -500),
        (NicSample("e", rx_total=0, rx_offset=-500), 700, 200, -500),
        (NicSample("e", rx_total=1000, rx_offset=0), 200, 1200, 1000),
        (NicSample("e", rx_total=1000, rx_offset=100), None, None, 100),
        (NicSample("e", rx_total=None, rx_offset=100), 50, 150, 100),
    ],
)
def test_a_total_goes_on_where_a_counter_began_anew(
    past: NicSample | None, now: int | None, total: int | None, offset: int | None
) -> None:
    told = counted(NicSample("e", rx_bytes=now), past)
    assert (told.rx_total, told.rx_offset) == (total, offset)


def sample(at: float | None, rx: int, speed: int | None = 1000) -> NicSample:
    return NicSample("e", True, speed, rx, 0, at)


@pytest.mark.parametrize(
    ("first", "second", "percent"),
    [
        (sample(0.0, 0), sample(10.0, 125_000_000), 10.0),
        (sample(0.0, 0), sample(10.0, 2 * 10**12), 100.0),
        (sample(10.0, 0), sample(10.0, 5), None),
        (sample(10.0, 0), sample(9.0, 5), None),
        (sample(0.0, 0), sample(10.0, 5, 0), None),
        (sample(0.0, 0), sample(10.0, 5, None), None),
        (sample(None, 0), sample(10.0, 5), None),
    ],
)
def test_a_rate_is_a_share_of_the_speed(
    first: NicSample, second: NicSample, percent: float | None
) -> None:
    assert counted(second, counted(first, None)).rx_percent == percent


@given(st.lists(st.none() | st.integers(0, 1000), max_size=20))
def test_what_totals_tell_never_decreases(counters: list[int | None]) -> None:
    past, totals = None, []
    for value in counters:
        past = counted(NicSample("e", rx_bytes=value), past)
        totals.append(past.rx_total)
    runs, run = [], list[int]()
    for total in totals:
        if total is None:
            runs.append(run)
            run = []
        else:
            run.append(total)
    assert all(one == sorted(one) for one in [*runs, run])


def test_a_link_that_is_not_told_stays_as_it_was() -> None:
    assert counted(NicSample("e"), NicSample("e", up=False)).up is False
