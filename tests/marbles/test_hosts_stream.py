"""The built-in stream of hosts, through the rules of production."""

from vurti.events import VdsAdded, VdsStateChanged
from vurti.testing import capabilities, marbles, missed, poll, statistics, vds, vm

UP = vm("vm1", "Up")


def test_a_host_that_is_watched_is_added_before_it_has_said_anything() -> None:
    with marbles() as m:
        polls = m.hot("-----|", x=missed("timeout"))
        m.expect(m.stream("hosts", polls), "a----|", a=VdsAdded(after=vds("alpha", "Unassigned")))


def test_a_host_is_up_when_it_has_told_what_it_is_and_how_it_is() -> None:
    with marbles() as m:
        polls = m.hot("---u-c-s-|", u=poll(UP), c=capabilities(cpus=4), s=statistics())
        m.expect(
            m.stream("hosts", polls),
            "n----c-u-|",
            n=VdsAdded(),
            c=VdsStateChanged(rule="capabilities"),
            u=VdsStateChanged(after=vds("alpha", "Up")),
        )


def test_a_host_that_stops_answering_is_connecting_first_and_comes_back() -> None:
    with marbles() as m:
        polls = m.hot("--c-s-x-c-s-|", c=capabilities(), s=statistics(), x=missed("network"))
        m.expect(
            m.stream("hosts", polls),
            "n-c-u-x---b-|",
            n=VdsAdded(),
            c=VdsStateChanged(rule="capabilities"),
            u=VdsStateChanged(after=vds("alpha", "Up")),
            x=VdsStateChanged(before=vds("alpha", "Up"), after=vds("alpha", "Connecting")),
            b=VdsStateChanged(before=vds("alpha", "Connecting"), after=vds("alpha", "Up")),
        )


def test_a_host_that_stays_silent_is_not_responsive_after_its_grace() -> None:
    with marbles(secs=10) as m:
        polls = m.hot("--c-s-x-x-x-x-x-|", c=capabilities(), s=statistics(), x=missed("timeout"))
        m.expect(
            m.stream("hosts", polls),
            "n-c-u-x---N-----|",
            n=VdsAdded(),
            c=VdsStateChanged(),
            u=VdsStateChanged(after=vds("alpha", "Up")),
            x=VdsStateChanged(after=vds("alpha", "Connecting")),
            N=VdsStateChanged(after=vds("alpha", "NonResponsive")),
        )
