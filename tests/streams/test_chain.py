"""Chains from data: all that is wrong is told at once, with the nearest name."""

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import vurti
from vurti.events import VmStateChanged, event
from vurti.streams.catalog import CATALOG
from vurti.streams.chain import Flaw, build, read
from vurti.streams.flow import ALL, Flow, Stage
from vurti.testing import marbles, vm

UP, PAUSED = vm("vm1", "Up"), vm("vm1", "Paused")
SETTLE = {"op": "settle", "secs": 3}
ONLY = {"op": "only", "kinds": ["VmStateChanged"]}


def test_a_good_chain_runs_in_its_order() -> None:
    steps, flaws = read([SETTLE, ONLY])
    assert flaws == ()
    assert [step.op for step in steps] == ["settle", "only"]
    with marbles() as m:
        changes = m.hot("-p-u---p---|", p=event(UP, PAUSED), u=event(PAUSED, UP))
        m.expect(changes.pipe(build(steps)), "----------p|", p=VmStateChanged(after=PAUSED))


def test_an_empty_chain_changes_nothing() -> None:
    assert read([]) == ((), ())
    with marbles() as m:
        m.expect(m.hot("-a-|").pipe(build(())), "-a-|")


@pytest.mark.parametrize(
    ("raw", "flaw"),
    [
        ([{"op": "settel", "secs": 3}], Flaw(0, "op", "there is no operator 'settel'", "settle")),
        ([{"secs": 3}], Flaw(0, "op", "op is missing")),
        ([ONLY, "settle"], Flaw(1, "", 'a step is a table such as { op = "settle", secs = 5 }')),
        ([{"op": "settle"}], Flaw(0, "secs", "Field required")),
        (
            [{"op": "settle", "secs": 3, "sec_max": 9}],
            Flaw(0, "sec_max", "there is no such setting", "secs_max"),
        ),
        (
            [{"op": "settle", "secs": 5, "secs_max": 3}],
            Flaw(0, "secs_max", "must not be less than secs"),
        ),
        ([{"op": "window", "secs": 0}], Flaw(0, "secs", "Input should be greater than 0")),
        (
            [{"op": "only", "kinds": ["VmAdded", "VmStateChange"]}],
            Flaw(0, "kinds.1", "there is no 'VmStateChange' among the kinds", "VmStateChanged"),
        ),
        (
            [{"op": "only", "statuses": ["NonResponsiv"]}],
            Flaw(0, "statuses.0", "there is no 'NonResponsiv' among the statuses", "NonResponsive"),
        ),
        (
            [{"op": "set", "severity": "eror"}],
            Flaw(0, "severity", "Input should be 'normal', 'warning' or 'error'", "error"),
        ),
        (
            [{"op": "only"}],
            Flaw(0, "", "only needs at least one of kinds, vms, hosts, statuses"),
        ),
    ],
)
def test_what_is_wrong_with_a_step_is_told_with_its_place_and_the_nearest_name(
    raw: list[Any], flaw: Flaw
) -> None:
    _, flaws = read(raw)
    assert flaws == (flaw,)


def test_all_flaws_of_all_steps_are_told_at_once() -> None:
    _, flaws = read([{"op": "settle", "secs": -1, "x": 1}, {"op": "onyl"}, {"op": "sample"}])
    assert [(flaw.index, flaw.key) for flaw in flaws] == [
        (0, "secs"),
        (0, "x"),
        (1, "op"),
        (2, "secs"),
    ]


@pytest.mark.parametrize("breaker", [ONLY, {"op": "sample", "secs": 9}])
def test_an_operator_that_adds_up_must_stand_before_one_that_breaks_the_stream(
    breaker: dict[str, Any],
) -> None:
    _, flaws = read([breaker, SETTLE])
    assert [(flaw.index, flaw.key) for flaw in flaws] == [(1, "op")]
    assert flaws[0].message.startswith(f"settle must stand before {breaker['op']}: ")
    assert read([SETTLE, breaker])[1] == ()


def test_polls_are_no_events() -> None:
    _, flaws = read([SETTLE], Stage(Flow.POLLS, "polls"))
    assert flaws == (Flaw(0, "op", "settle takes events, and polls are none"),)


@given(
    st.lists(
        st.one_of(
            st.none(),
            st.text(max_size=5),
            st.dictionaries(
                st.sampled_from(["op", "secs", "secs_max", "kinds", "vms", "x"]),
                st.one_of(
                    st.sampled_from(list(CATALOG)),
                    st.integers(),
                    st.floats(allow_nan=True),
                    st.lists(st.text(max_size=4), max_size=3),
                    st.none(),
                ),
            ),
        ),
        max_size=5,
    )
)
def test_whatever_a_chain_is_made_of_it_is_either_built_or_told_to_be_wrong(raw: list[Any]) -> None:
    steps, flaws = read(raw)
    if flaws:
        assert all(0 <= flaw.index < len(raw) and flaw.message for flaw in flaws)
    else:
        assert len(steps) == len(raw)
        build(steps)


def test_every_operator_says_what_it_takes_and_every_setting_what_it_is() -> None:
    for name, entry in CATALOG.items():
        assert entry.settings.model_fields["op"].default == name == entry.function.__name__
        assert entry.settings.__doc__
        for key, field in entry.settings.model_fields.items():
            assert key == "op" or (field.description or "").endswith(".")
        assert set(entry.takes) <= set(ALL)
        assert bool(entry.why) == (entry.takes != ALL)


WILD = re.compile(
    r"(?<![\w.])(ops\.)?group_by\(|"  # and not the clause of a query
    r"rx\.(interval|timer)|reactivex import .*\b(interval|timer)\b|"
    r"\b(observe_on|debounce|group_by_until|subscribe_on|delay|throttle_first"
    r"|buffer_with_time|window_with_time|TimeoutScheduler|NewThreadScheduler|EventLoopScheduler"
    r"|GEventScheduler|ThreadPoolScheduler)\("
)


def test_no_module_uses_an_operator_that_brings_its_own_time_or_threads() -> None:
    """They drift, start threads, grow without bound or kill their subscriber in mid-I/O."""
    root = Path(vurti.__file__).parent
    modules = sorted(root.rglob("*.py"))
    modules = [path for path in modules if path.parent.name != "repository"]  # SQL has a GROUP BY
    assert len(modules) > 20
    found = [
        f"{path.relative_to(root)}:{number}: {line.strip()}"
        for path in modules
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if WILD.search(line)
    ]
    assert found == []


@pytest.mark.parametrize(
    "line",
    ["rx.interval(1)", "x.pipe(ops.debounce(3))", "ops.group_by(f)", "observe_on(s)"],
)
def test_the_search_for_such_operators_finds_them(line: str) -> None:
    assert WILD.search(line)
