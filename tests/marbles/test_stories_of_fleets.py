"""The best-known stories of hosts that are taken away, of many hosts at once, and of vurti itself.

c is what a host is made of, s how it is, x a missed question; a host that says c and then s is Up.
"""

from typing import Any

import pytest
from reactivex import Observable, Subject, merge, operators

from vurti.decide import Rules, View, decide
from vurti.events import (
    Event,
    Mark,
    VdsAlerted,
    VdsExpectationEnded,
    VdsStateChanged,
    VmStateChanged,
)
from vurti.model import Awaited, Expect, Missed, Snapshot, Suspicion
from vurti.streams.self_monitor import SelfMonitor
from vurti.testing import Marbles, capabilities, marbles, missed, poll, statistics, vds, vm
from vurti.testing.scope import Judge

VM = vm("vm1", "Up")
WALL = 1_700_000_000.0
BEGINNING = ("R1 watched", "capabilities", "boot time")
SAID: dict[str, Any] = {
    "c": capabilities(),
    "s": statistics(),
    "x": missed("timeout"),
    "p": poll(VM),
    "e": poll(),
    "m": Expect("work", Awaited.MAINTENANCE, "alpha", secs=7200.0, why="new disks"),
}


def to(status: str, host: str = "alpha", **fields: Any) -> VdsStateChanged:
    """The host arrives at a status."""
    return VdsStateChanged(after=vds(host, status), **fields)


UP, CONNECTING, NON_RESPONSIVE = to("Up"), to("Connecting"), to("NonResponsive")
PREPARING, MAINTENANCE = to("PreparingForMaintenance"), to("Maintenance")
MET = VdsExpectationEnded(marks=(Mark.EXPECTATION_MET,))


def moves(events: Observable[Event]) -> Observable[Event]:
    """Not that a host is watched and what it is made of: with that every story begins."""
    return events.pipe(operators.filter(lambda event: event.rule not in BEGINNING))


def test_a_host_without_vms_is_in_maintenance_at_once_and_its_silence_there_is_no_news() -> None:
    with marbles(secs=30) as m:
        polls = m.hot("(c,s,e)-m-x-x-x-x-x-|", **SAID)
        m.expect(
            moves(m.stream("hosts", polls)),
            "u-------(P,M,e)-----|",
            u=UP, P=PREPARING, M=MAINTENANCE, e=MET,
        )  # fmt: skip


def test_a_host_with_vms_prepares_for_maintenance_until_the_last_one_has_left() -> None:
    with marbles(secs=10) as m:
        polls = m.hot("(c,s,p)-m-p-s-p-e----|", **SAID)
        m.expect(
            moves(m.stream("hosts", polls)),
            "u-------P-------(M,e)|",
            u=UP, P=PREPARING, M=MAINTENANCE, e=MET,
        )  # fmt: skip


def test_a_host_in_maintenance_is_asked_and_up_again_when_it_is_to_be_activated() -> None:
    said = SAID | {"a": Expect("back", Awaited.ACTIVATE, "alpha", secs=600.0)}
    with marbles(secs=30) as m:
        polls = m.hot("(c,s,e)-m------a-c-s----|", **said)
        m.expect(
            moves(m.stream("hosts", polls)),
            "u-------(P,M,e)U---(u,e)|",
            u=UP, P=PREPARING, M=MAINTENANCE, e=MET,
            U=VdsStateChanged(before=vds("alpha", "Maintenance"), rule="announced"),
        )  # fmt: skip


def test_a_host_that_was_booted_anew_is_up_again_and_says_that_it_was() -> None:
    said = SAID | {"s": statistics(boot_time=WALL - 9000), "b": statistics(boot_time=WALL + 60)}
    with marbles(secs=5) as m:
        polls = m.hot("(c,s,p)-x-x-c-b-e--|", **said)
        m.expect(
            moves(m.stream("hosts", polls)),
            "u-------C-----(r,u)|",
            u=UP, C=CONNECTING, r=to("Connecting", marks=(Mark.HOST_REBOOTED,)),
        )  # fmt: skip


def test_vms_that_a_host_does_not_list_after_its_boot_ended_with_it() -> None:
    said = SAID | {"s": statistics(boot_time=WALL - 9000), "b": statistics(boot_time=WALL + 60)}
    ended = VmStateChanged(after=vm("vm1", "Down"), marks=(Mark.HOST_REBOOTED_UNDER_IT,))
    with marbles(secs=5) as m:
        polls = m.hot("(c,s,p)-x-x-c-b-e-|", **said)
        m.expect(
            m.stream("vms", polls).pipe(operators.skip(1)),
            "----------------d-|",
            d=ended,
        )


def judge(**rules: Any) -> Judge:
    """Vurti's rules, but for these parameters."""
    return Judge(lambda: View(Rules(**rules)), decide)


def fleet(m: Marbles, **diagrams: str) -> Observable[Any]:
    """What each of these hosts says."""
    return merge(*(m.hot(diagram, **_words(host)) for host, diagram in diagrams.items()))


def _words(host: str) -> dict[str, Any]:
    return {"c": capabilities(host), "s": statistics(host), "x": missed("timeout", host)}


def of(host: str, events: Observable[Event]) -> Observable[Event]:
    return moves(events).pipe(operators.filter(lambda event: event.thing == host))


HELD = VdsAlerted(marks=(Mark.JUDGEMENT_HELD,))


def test_half_a_fleet_that_falls_silent_at_once_is_not_judged_and_says_so() -> None:
    with marbles(secs=10) as m:
        polls = fleet(
            m,
            alpha="-(c,s)-x-x-x-x-x-(c,s)-|",
            beta=" -(c,s)-x-x-x-x-x-(c,s)-|",
            gamma="-(c,s)-s-s-s-s-s-s-----|",
            delta="-(c,s)-s-s-s-s-s-s-----|",
        )
        lost = {"u": UP, "C": CONNECTING, "h": HELD}
        hosts = m.stream("hosts", polls)
        m.expect(of("alpha", hosts), "-u-----C---h-----u-----|", **lost)
        m.expect(of("gamma", hosts), "-u---------------------|", u=to("Up", "gamma"))


def test_a_quarter_of_a_fleet_that_falls_silent_is_non_responsive_as_a_host_alone_is() -> None:
    with marbles(secs=10) as m:
        polls = fleet(
            m,
            alpha="-(c,s)-x-x-x-x-|",
            beta=" -(c,s)-s-s-s-s-|",
            gamma="-(c,s)-s-s-s-s-|",
            delta="-(c,s)-s-s-s-s-|",
        )
        lost = {"u": UP, "C": CONNECTING, "N": NON_RESPONSIVE}
        m.expect(of("alpha", m.stream("hosts", polls)), "-u-----C---N---|", **lost)


def test_half_a_fleet_is_judged_where_it_takes_more_than_that_to_suspect_the_network() -> None:
    with marbles(secs=10, judge=judge(mass_loss_percent=75)) as m:
        polls = fleet(
            m,
            alpha="-(c,s)-x-x-x-x-|",
            beta=" -(c,s)-x-x-x-x-|",
            gamma="-(c,s)-s-s-s-s-|",
            delta="-(c,s)-s-s-s-s-|",
        )
        lost = {"u": UP, "C": CONNECTING, "N": NON_RESPONSIVE}
        m.expect(of("alpha", m.stream("hosts", polls)), "-u-----C---N---|", **lost)


def test_three_hosts_are_too_few_to_suspect_the_network_when_two_of_them_are_lost() -> None:
    with marbles(secs=10) as m:
        polls = fleet(
            m,
            alpha="-(c,s)-x-x-x-x-|",
            beta=" -(c,s)-x-x-x-x-|",
            gamma="-(c,s)-s-s-s-s-|",
        )
        lost = {"u": UP, "C": CONNECTING, "N": NON_RESPONSIVE}
        m.expect(of("alpha", m.stream("hosts", polls)), "-u-----C---N---|", **lost)


def watched(m: Marbles, polls: Observable[Any]) -> Observable[Any]:
    """Vurti watches itself meanwhile, and says what it finds."""
    found: Subject[Suspicion] = Subject()
    monitor = SelfMonitor(m.clock, Rules(), found.on_next, lambda: 1)

    def hear(said: object) -> None:
        if isinstance(said, Missed | Snapshot):
            monitor.polled(said)

    def end() -> None:
        monitor.close()
        found.on_completed()

    monitor.start()
    return merge(polls.pipe(operators.do_action(hear, on_completed=end)), found)


HASTY = judge(grace_secs=15)
"""A grace that is over while vurti stands still."""


def test_contract_13_no_host_is_judged_by_what_timed_out_while_vurti_stood_still() -> None:
    with marbles(secs=5, judge=HASTY) as m:
        m.clock.call_at(58, lambda: m.clock.stall(20))
        polls = m.hot("-(c,s)-s-s-s(x,x,x)-s-|", **{**SAID, "x": missed("timeout", started=58.0)})
        m.expect(moves(m.stream("hosts", watched(m, polls))), "-u--------------------|", u=UP)


def test_the_same_time_outs_are_believed_where_vurti_did_not_stand_still() -> None:
    with marbles(secs=5, judge=HASTY) as m:
        polls = m.hot("-(c,s)-s-s-s-x-x-x---|", **SAID)
        m.expect(
            moves(m.stream("hosts", watched(m, polls))),
            "-u-----------C---N---|",
            u=UP, C=CONNECTING, N=NON_RESPONSIVE,
        )  # fmt: skip


def test_contract_13_a_host_lost_while_vurti_stood_still_is_judged_half_a_minute_later() -> None:
    with marbles(secs=5, judge=HASTY) as m:
        m.clock.call_at(58, lambda: m.clock.stall(22))
        polls = m.hot("-(c,s)-s-s-s-----(x,x,x)---|", **SAID)
        m.expect(
            moves(m.stream("hosts", watched(m, polls))),
            "-u---------------(C,h)N----|",
            u=UP, C=CONNECTING, h=HELD, N=NON_RESPONSIVE,
        )  # fmt: skip


@pytest.mark.parametrize("hour", [3600.0, -3600.0])
def test_contract_13_a_wall_clock_set_by_an_hour_moves_no_host(hour: float) -> None:
    said = SAID | {name: _at(secs) for name, secs in (("a", 10), ("b", 70), ("d", 90), ("f", 110))}
    with marbles(secs=10) as m:
        m.clock.call_at(40, lambda: m.clock.step_wall(hour))
        polls = m.hot("-(c,a)-b-d-f-|", **said)
        m.expect(moves(m.stream("hosts", watched(m, polls))), "-u-----------|", u=UP)


@pytest.mark.parametrize("hour", [3600.0, -3600.0])
def test_contract_13_a_wall_clock_set_by_an_hour_ends_no_maintenance(hour: float) -> None:
    short = Expect("work", Awaited.MAINTENANCE, "alpha", secs=1200.0)
    with marbles(secs=30) as m:
        m.clock.call_at(330, lambda: m.clock.step_wall(hour))
        polls = m.hot("-(c,s,p)-m-p-p-p-p-p-|", **{**SAID, "m": short})
        m.expect(
            moves(m.stream("hosts", watched(m, polls))),
            "-u-------P-----------|",
            u=UP, P=PREPARING,
        )  # fmt: skip


def _at(secs: float) -> Snapshot:
    """How a host is whose clock goes right, and which was booted long ago."""
    return statistics(date_time=WALL + secs, boot_time=WALL - 9000)
