"""The best-known stories of one host as pictures: silence, recovery, checks, interfaces.

c is what it is made of, s how it is, x a missed question; a host that says c and then s is Up.
"""

from typing import Any

import pytest
from reactivex import Observable, operators

from vurti.events import Event, Mark, VdsAlerted, VdsStateChanged, VmStateChanged
from vurti.model import Cluster, Host, Network, Nic, NicSample, NonOperationalReason, Reload
from vurti.testing import capabilities, marbles, missed, poll, statistics, vds, vm

VM = vm("vm1", "Up")
BEGINNING = ("R1 watched", "capabilities")
SAID: dict[str, Any] = {
    "c": capabilities(),
    "s": statistics(),
    "x": missed("timeout"),
    "r": missed("recovering"),
}


def to(status: str, **fields: Any) -> VdsStateChanged:
    """The host arrives at a status."""
    return VdsStateChanged(after=vds("alpha", status, **fields))


UP, CONNECTING, NON_RESPONSIVE = to("Up"), to("Connecting"), to("NonResponsive")


def moves(events: Observable[Event]) -> Observable[Event]:
    """Not that the host is watched and what it is made of: with that every story begins."""
    return events.pipe(operators.filter(lambda event: event.rule not in BEGINNING))


def test_a_host_that_is_lost_and_comes_back_is_connecting_then_non_responsive_then_up() -> None:
    with marbles(secs=5) as m:
        polls = m.hot("(c,s)-x-x-x-x-x-c-s-|", **SAID)
        m.expect(
            moves(m.stream("hosts", polls)),
            "u-----C-----N-----b-|",
            u=UP, C=CONNECTING, N=NON_RESPONSIVE, b=UP,
        )  # fmt: skip


def test_the_vms_of_a_lost_host_are_unknown_and_restored_when_it_lists_them_again() -> None:
    with marbles(secs=5) as m:
        polls = m.hot("(c,s,p)-x-x-x-x-p-c-s-|", p=poll(VM), **SAID)
        m.expect(
            m.stream("vms", polls).pipe(operators.skip(1)),
            "------------u---r-----|",
            u=VmStateChanged(after=vm("vm1", "Unknown"), marks=(Mark.LOST_SIGHT,)),
            r=VmStateChanged(after=VM, marks=(Mark.RESTORED,)),
        )


def test_a_flapping_host_is_connecting_again_and_again_but_never_non_responsive() -> None:
    with marbles(secs=20) as m:
        polls = m.hot("(c,s)-x-x-(c,s)-x-x-(c,s)-x-x-(c,s)-|", **SAID)
        m.expect(
            moves(m.stream("hosts", polls)),
            "u-----C---u-----C---u-----C---u-----|",
            u=UP, C=CONNECTING,
        )  # fmt: skip


def test_any_answer_begins_the_grace_anew_though_it_does_not_make_a_host_up() -> None:
    with marbles(secs=10) as m:
        polls = m.hot("(c,s)-x-x-p-x-x-x-x-x-|", p=poll(), **SAID)
        m.expect(
            moves(m.stream("hosts", polls)),
            "u-----C-----------N---|",
            u=UP, C=CONNECTING, N=NON_RESPONSIVE,
        )  # fmt: skip


@pytest.mark.parametrize(("vms", "grace_secs"), [(0, 60), (15, 67), (40, 80)])
def test_the_grace_is_a_minute_and_half_a_second_for_each_vm(vms: int, grace_secs: int) -> None:
    rest = "-" * (grace_secs - 26)
    said = SAID | {"s": statistics(vm_count=vms)}
    with marbles() as m:
        polls = m.hot(f"(c,s)x---------x----x----x{rest}-----|", **said)
        m.expect(
            moves(m.stream("hosts", polls)),
            f"u----C{'-' * (grace_secs - 6)}N----|",
            u=UP, C=CONNECTING, N=NON_RESPONSIVE,
        )  # fmt: skip


def test_two_misses_never_make_a_host_non_responsive_however_long_it_is_silent() -> None:
    with marbles(secs=60) as m:
        polls = m.hot("(c,s)-x-x----x-|", **SAID)
        m.expect(
            moves(m.stream("hosts", polls)),
            "u-----C------N-|",
            u=UP, C=CONNECTING, N=NON_RESPONSIVE,
        )  # fmt: skip


def test_a_host_whose_agent_is_recovering_is_initializing_until_it_is_well() -> None:
    with marbles(secs=20) as m:
        polls = m.hot("(c,s)-x-r-r-r-c-s-|", **SAID)
        m.expect(
            moves(m.stream("hosts", polls)),
            "u-----C-i-------u-|",
            u=UP, C=CONNECTING, i=to("Initializing"),
        )  # fmt: skip


def test_a_host_that_recovers_for_three_minutes_is_non_operational() -> None:
    late = to("NonOperational", reason=NonOperationalReason.TIMEOUT_RECOVERING_FROM_CRASH)
    with marbles(secs=20) as m:
        polls = m.hot("(c,s)-r--r--r--r-r-|", **SAID)
        m.expect(
            moves(m.stream("hosts", polls)),
            "u-----i--------n---|",
            u=UP, i=to("Initializing"), n=late,
        )  # fmt: skip


EAST = Cluster("east", required_networks=("storage",))
IN_EAST = (Host("alpha", cluster="east"),)
WIRED = capabilities(networks=(Network("storage"),), nics=(Nic("eth0", ("storage",)),))


def east(**said: Any) -> dict[str, Any]:
    """R is that the cluster demands a network, d and l are its interface down and up."""
    link_up, link_down = (statistics(nics=(NicSample("eth0", up=up),)) for up in (True, False))
    return {"R": Reload(IN_EAST, clusters=(EAST,)), "c": WIRED, "l": link_up, "d": link_down} | said


def test_an_unfit_host_is_non_operational_and_up_only_when_it_is_tried_again_and_fit() -> None:
    unfit = to("NonOperational", reason=NonOperationalReason.NETWORK_UNREACHABLE)
    with marbles(secs=30) as m:
        polls = m.hot("(R,b)-c-l--c-l-|", **east(b=capabilities(networks=())))
        m.expect(
            moves(m.stream("hosts", polls, IN_EAST)),
            "n------------u-|",
            n=unfit, u=UP,
        )  # fmt: skip


def test_an_unfit_host_that_is_tried_again_and_is_not_fit_stays_non_operational() -> None:
    with marbles(secs=30) as m:
        polls = m.hot("(R,b)-b-l--b-l-|", **east(b=capabilities(networks=())))
        m.expect(
            moves(m.stream("hosts", polls, IN_EAST)), "n--------------|", n=to("NonOperational")
        )


def test_a_required_interface_that_is_down_for_59_seconds_is_told_and_changes_nothing() -> None:
    with marbles() as m:
        polls = m.hot(f"(R,c,l)--d{'-' * 29}d{'-' * 28}l-------|", **east())
        m.expect(
            moves(m.stream("hosts", polls, IN_EAST)),
            f"u--------d{'-' * 58}b-------|",
            u=UP, d=VdsAlerted(marks=(Mark.NIC_DOWN,)), b=VdsAlerted(marks=(Mark.NIC_UP,)),
        )  # fmt: skip


def test_a_required_interface_that_is_down_for_61_seconds_makes_a_host_non_operational() -> None:
    down = to("NonOperational", reason=NonOperationalReason.NETWORK_INTERFACE_IS_DOWN)
    with marbles() as m:
        polls = m.hot(f"(R,c,l)--d{'-' * 29}d{'-' * 30}d--|", **east())
        m.expect(
            moves(m.stream("hosts", polls, IN_EAST)),
            f"u--------d{'-' * 60}n--|",
            u=UP, d=VdsAlerted(marks=(Mark.NIC_DOWN,)), n=down,
        )  # fmt: skip
