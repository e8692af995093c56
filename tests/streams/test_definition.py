"""What streams of the configuration are together."""

from typing import Any

import pytest

from vurti.events import event
from vurti.streams.chain import read
from vurti.streams.definition import (
    Definition,
    by_thing,
    is_as_it_was,
    names_of,
    place_of,
    upstream_first,
    wired,
)
from vurti.testing import marbles, vm


def stream(*sources: str, chain: Any = ()) -> Definition:
    steps, flaws = read(list(chain))
    assert flaws == ()
    return Definition(sources, steps)


FLOOD = {"op": "dampen", "events_max": 3, "secs": 9}
STREAMS = {
    "late": stream("both", chain=[{"op": "settle", "secs": 3}]),
    "both": stream("hosts", "vms"),
    "many": stream("late", chain=[{"op": "count", "secs": 60}]),
    "calm": stream("vms", chain=[FLOOD]),
    "calm_hosts": stream("vms", chain=[{**FLOOD, "by": ["host"]}]),
    "parts": stream("calm", chain=[{"op": "split", "into": {"down": "status == 'Down'"}}]),
    "of_many": stream("many", chain=[{"op": "where", "condition": "count > 3"}]),
}


def test_each_stream_comes_behind_those_that_it_is_made_of() -> None:
    order = upstream_first(STREAMS)
    assert sorted(order) == sorted(STREAMS)
    assert order.index("both") < order.index("late") < order.index("many")
    assert order.index("calm") < order.index("parts")


def test_a_part_of_a_split_is_a_stream_and_another_name_is_none() -> None:
    assert {"parts", "parts.down", "parts.rest"} <= set(names_of(STREAMS))
    assert place_of("parts.down", STREAMS) == ("parts", "down")
    with pytest.raises(KeyError):
        place_of("parts.up", STREAMS)


def test_what_counts_things_together_is_not_apart_nor_is_what_stands_behind_it() -> None:
    apart = {name for name in names_of(STREAMS) if by_thing(name, STREAMS)}
    assert apart == {"late", "both", "calm", "parts", "parts.down", "parts.rest"}


def test_a_stream_can_be_had_over_any_sources() -> None:
    up, down = vm("vm1", "Up"), vm("vm1", "Down")
    with marbles() as m:
        roots = {
            "vms": m.hot("-d-u-|", d=event(up, down), u=event(down, up)),
            "hosts": m.hot("|"),
        }
        m.expect(wired("parts.down", STREAMS, roots), "-d---|", d=event(up, down))
        m.expect(wired("late", STREAMS, roots), "-----|")


def test_a_stream_is_as_it_was_only_if_all_that_it_is_made_of_is() -> None:
    now = {**STREAMS, "both": stream("vms", "hosts"), "calm": stream("vms")}
    del now["calm_hosts"]
    same = {name for name in (*names_of(STREAMS), "vms") if is_as_it_was(name, STREAMS, now)}
    assert same == {"vms"}
    kept = {**STREAMS, "calm": stream("vms")}
    changed = {name for name in names_of(STREAMS) if not is_as_it_was(name, STREAMS, kept)}
    assert changed == {"calm", "parts", "parts.down", "parts.rest"}
