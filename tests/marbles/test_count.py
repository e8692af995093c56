"""count: how often, for each group, in stretches of time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reactivex import operators as ops

from vurti.events import Counted, Event, VmKnown, VmStateChanged, event
from vurti.streams.operators import count
from vurti.streams.scheduler import ClockScheduler
from vurti.testing import marbles, vm


def down(name: str, host: str, id_: str = "") -> Event:
    made = event(vm(name, "Up", run_on=host), vm(name, "Down", run_on=host), id=id_)
    assert made is not None
    return made


def test_each_group_is_told_at_the_end_of_the_stretch_and_a_silent_one_is_not() -> None:
    letters = {"a": down("vm1", "alpha"), "b": down("vm2", "beta"), "c": down("vm3", "alpha")}
    told = {
        "x": Counted(count=2, secs=5, by=(("host", "alpha"), ("kind", "VmStateChanged"))),
        "y": Counted(count=1, secs=5, by=(("host", "beta"), ("kind", "VmStateChanged"))),
    }
    with marbles() as m:
        changes = m.hot("-a(b,c)------b------|", **letters)
        m.expect(changes.pipe(count(5, ["host", "kind"])), "-----(x,y)-----y----|", **told)


def test_an_event_at_the_very_end_counts_in_the_next_stretch(letters: dict[str, Event]) -> None:
    with marbles() as m:
        changes = m.hot("-d---u----|", **letters)
        m.expect(changes.pipe(count(5)), "-----a----(a,|)", a=Counted(count=1))


def test_what_is_counted_is_said_at_the_end(letters: dict[str, Event]) -> None:
    with marbles() as m:
        m.expect(m.hot("-d-u|", **letters).pipe(count(5)), "----(a,|)", a=Counted(count=2))


def test_a_sum_that_a_bound_forced_counts_as_all_that_it_stands_for() -> None:
    forced = VmStateChanged(before=vm("v"), after=vm("v", "Down"), seq=9, seq_first=5, forced=True)
    wanted = VmStateChanged(before=vm("v"), after=vm("v", "Down"), seq=9, seq_first=5)
    with marbles() as m:
        counted = m.hot("-f-w|", f=forced, w=wanted).pipe(count(9))
        m.expect(counted, "----(a,|)", a=Counted(count=6))


def test_what_is_known_is_no_news_and_is_not_counted() -> None:
    with marbles() as m:
        m.expect(m.hot("-k--|", k=VmKnown(after=vm("vm1"))).pipe(count(2)), "----|")


def test_groups_beyond_the_number_are_counted_together() -> None:
    letters = {name: down(name, name) for name in "abcd"}
    told = {"x": Counted(count=1, by=(("host", "a"),)), "o": Counted(count=3, others=True)}
    with marbles() as m:
        changes = m.hot("-a-b-c-d------|", **letters)
        m.expect(changes.pipe(count(9, ["host"], groups_max=1)), "---------(x,o)|", **told)


def ids(*names: str) -> list[str]:
    """The ids of the counts of events with these ids."""
    found: list[str] = []
    with marbles() as m:
        letters = {f"v{n}": down("vm1", "alpha", name) for n, name in enumerate(names)}
        changes = m.hot("".join(f"-(v{n})" for n in range(len(names))) + "|", **letters)
        counted = changes.pipe(count(100), ops.do_action(lambda one: found.append(one.id)))
        m.expect(counted.pipe(ops.ignore_elements()), "-" * 5 * len(names) + "|")
    return found


def test_contract_7_the_id_of_a_count_is_a_function_of_the_ids_that_it_counts() -> None:
    assert ids("s.1.n.vm1.1", "s.1.n.vm1.2") == ids("s.1.n.vm1.1", "s.1.n.vm1.2")
    assert ids("s.1.n.vm1.1", "s.1.n.vm1.2") != ids("s.1.n.vm1.1", "s.1.n.vm1.3")
    assert ids("ab", "c") != ids("a", "bc")


def test_in_the_time_of_a_log_stretches_are_the_same_for_everyone() -> None:
    heard: list[float] = []
    with marbles() as m:
        m.scheduler = ClockScheduler(m.clock, grid=2.0)
        changes = m.hot("-a---b------|", a=down("vm1", "alpha"), b=down("vm2", "alpha"))
        counted = changes.pipe(count(5), ops.do_action(lambda _: heard.append(m.clock.now())))
        m.expect(counted.pipe(ops.ignore_elements()), "------------|")
    assert heard == [2.0, 7.0]


@given(st.lists(st.integers(1, 4), max_size=20), st.integers(1, 7), st.integers(1, 3))
def test_every_event_is_counted_once(pauses: list[int], secs: int, groups_max: int) -> None:
    total = 0
    letters = {f"v{n}": down(f"vm{n}", f"h{n % 4}") for n in range(len(pauses))}
    signs = "".join("-" * pause + f"(v{n})" for n, pause in enumerate(pauses))

    def add(one: Counted) -> None:
        nonlocal total
        total += one.count

    with marbles() as m:
        counted = m.hot(signs + "|", **letters).pipe(
            count(secs, ["host"], groups_max), ops.do_action(add)
        )
        m.expect(counted.pipe(ops.ignore_elements()), "-" * len(signs) + "|")
    assert total == len(pauses)


@pytest.mark.parametrize("wrong", [{"secs": 0}, {"groups_max": 0}, {"by": ["x"]}])
def test_what_makes_no_sense_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="count: "):
        count(**{"secs": 1, **wrong})  # type: ignore[arg-type] # on purpose
