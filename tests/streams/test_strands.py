"""A chain over the log says the same whoever reads it and when, and however often it is begun."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reactivex import operators as ops

from vurti.events import Event, encode, event
from vurti.model import Vm, VmStatus
from vurti.model.commit import Logged
from vurti.streams import operators, strands
from vurti.streams.operators.merge import merged
from vurti.streams.strands import Strands

UP, PAUSED, DOWN = VmStatus.UP, VmStatus.PAUSED, VmStatus.DOWN
Log = list[tuple[float, Logged]]


def log_of(told: list[tuple[float, str, VmStatus | None]]) -> Log:
    """A log of VMs that became so, each so many seconds behind the one before."""
    now, log, states, seqs = 1000.0, list[tuple[float, Logged]](), dict[str, Vm](), dict[str, int]()
    for secs, vm, status in told:
        now += secs
        after = None if status is None else Vm(vm, status=status)
        seq = seqs[vm] = seqs.get(vm, 0) + 1
        change = event(states.get(vm), after, id=f"{vm}.{seq}", seq=seq, seq_first=seq)
        if change is None:
            continue
        states.pop(vm, None)
        if after is not None:
            states[vm] = after
        log.append((now, Logged(len(log) + 1, now, change)))
    return log


def read(one: Strands, log: Log, end: float = 1e9) -> list[Event]:
    """What it says of a whole log, and by the end of time."""
    said = []
    for at, logged in log:
        one.take(logged, at)
    one.move_to(end)
    while one.said:
        said.append(one.said.popleft())
        one.settled(said[-1])
    return [one.event for one in said]


def chain(*steps):
    return lambda source: source.pipe(*steps)


CHAINS = {
    "settle": chain(operators.settle(5)),
    "settle with an end": chain(operators.settle(5, 12)),
    "window": chain(operators.window(7)),
    "sample": chain(operators.sample(6)),
    "only": chain(operators.only(statuses=["Down", "Paused"])),
    "settle, then sample": chain(operators.settle(3), operators.sample(10)),
    "dampen": chain(operators.dampen(2, 6)),
    "dampen, which is told of in between": chain(operators.dampen(1, 5, secs_max=7)),
    "where, changed, set": chain(
        operators.where("status != 'Up'"),
        operators.changed(["status"]),
        operators.set({"team": "night"}),
    ),
    "set, then settle": chain(operators.set(severity="error"), operators.settle(4)),
    "settle, then a part": chain(
        operators.settle(3), operators.split({"down": "status == 'Down'"}, which="down")
    ),
    "window, settle, only": chain(
        operators.window(4), operators.settle(2), operators.only(statuses=["Down"])
    ),
}

TOGETHER = {
    "count": chain(operators.count(7)),
    "count by": chain(operators.count(5, ["status"], groups_max=2)),
    "dampen by": chain(operators.dampen(2, 6, by=["kind"])),
    "dampen few": chain(operators.dampen(1, 9, keys_max=2)),
    "settle, dampen by, count": chain(
        operators.settle(2), operators.dampen(2, 6, by=["kind"], secs_max=9), operators.count(11)
    ),
}
"""What these say of a thing depends on others as well."""


def story(dice: Random) -> list[tuple[float, str, VmStatus | None]]:
    pauses = (0.0, 0.5, 1.0, 2.0, 3.0, 5.0, 20.0)
    return [
        (dice.choice(pauses), dice.choice("abc"), dice.choice((UP, PAUSED, DOWN, None)))
        for _ in range(dice.randint(0, 40))
    ]


@pytest.mark.parametrize("name", [*CHAINS, *TOGETHER])
@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32))
def test_a_reader_that_dies_at_any_instant_has_been_told_all_that_an_undying_one_is(
    name, seed
) -> None:
    dice, apart, made = Random(seed), name in CHAINS, {**CHAINS, **TOGETHER}[name]
    log = log_of(story(dice))
    wanted = [encode(one) for one in read(Strands(made, apart), log)]
    place, got = (0, dict[str, int]()), list[bytes]()
    for _ in range(dice.randint(1, 5)):
        place, told = killed(made, log, place, dice, apart)
        got += told
    cursor, done = place
    got += [encode(one) for one in read(Strands(made, apart, done), log[cursor:])]
    assert list(dict.fromkeys(got)) == wanted  # each for the first time in its order


def killed(chain, log: Log, place, dice: Random, by_thing: bool):
    """A reader that begins at a place and dies somewhere: the place that it had kept last, and what
    it had told by then, which may be more than its place says."""
    cursor, done = place
    one, got = Strands(chain, by_thing, done), list[bytes]()
    until = dice.randint(cursor, len(log))
    for at, logged in log[cursor:until]:
        one.take(logged, at)
        got += settled(one, dice.randint(0, 3))
        if dice.random() < 0.6:
            place = one.place(logged.cursor)
    later = log[until][0] if until < len(log) else 1e6
    one.move_to(dice.uniform(0, later))
    got += settled(one, dice.randint(0, 9))
    return (one.place(until) if dice.random() < 0.6 else place), got


def settled(one: Strands, count: int) -> list[bytes]:
    told = [one.said.popleft() for _ in range(min(count, len(one.said)))]
    for said in told:
        one.settled(said)
    return [encode(said.event) for said in told]


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from(["settle", "window", "sample"]))
def test_each_thing_by_itself_or_all_together_comes_to_the_same(seed, name) -> None:
    log = log_of(story(Random(seed)))
    alone = read(Strands(CHAINS[name], by_thing=True), log)
    together = read(Strands(CHAINS[name], by_thing=False), log)
    assert sorted(map(encode, alone)) == sorted(map(encode, together))


def test_a_place_is_held_back_to_the_oldest_input_that_still_matters() -> None:
    log = log_of([(1, "a", UP), (1, "b", UP), (9, "c", UP), (1, "a", PAUSED)])
    one = Strands(CHAINS["settle"], by_thing=True)
    for at, logged in log[:2]:
        one.take(logged, at)
    assert one.place(2) == (0, {})  # a, the first, is not quiet yet
    for at, logged in log[2:]:
        one.take(logged, at)
    assert [said.event.thing for said in one.said] == ["a", "b"]
    assert one.place(4) == (0, {})  # said, and not dealt with
    one.settled(one.said.popleft())
    assert one.place(4) == (1, {})
    one.settled(one.said.popleft())
    assert one.place(4) == (2, {})  # c is not quiet yet
    one.move_to(1e9)
    while one.said:
        one.settled(one.said.popleft())
    assert one.place(4) == (4, {})


def test_what_is_done_beyond_the_place_is_left_out_at_the_next_beginning() -> None:
    log = log_of([(0, "a", UP), (1, "b", UP), (3, "a", PAUSED), (1, "b", PAUSED), (4, "b", DOWN)])
    one = Strands(CHAINS["settle"], by_thing=True)
    for at, logged in log:
        one.take(logged, at)
    (a,) = one.said
    assert (a.event.thing, a.event.seq_first, a.event.seq) == ("a", 1, 2)
    one.settled(one.said.popleft())
    assert one.place(5) == (1, {"vm a": 3})  # b began at 2, within what a had said
    again = Strands(CHAINS["settle"], True, {"vm a": 3})
    assert [one.thing for one in read(again, log[1:])] == ["b"]


@pytest.mark.parametrize(("further_max", "again"), [(1000, ["s"]), (0, ["b", "s"])])
def test_what_was_dealt_with_beyond_the_place_is_said_again_only_where_it_is_of_too_many_things(
    monkeypatch, further_max, again
) -> None:
    monkeypatch.setattr(strands, "FURTHER_MAX", further_max)
    log = log_of([(0, "s", UP), (1, "b", UP), (3, "s", PAUSED), (4, "s", UP)])
    one = Strands(CHAINS["settle"], by_thing=True)
    for at, logged in log:
        one.take(logged, at)
    assert [said.event.thing for said in one.said] == ["b"]
    one.settled(one.said.popleft())
    cursor, done = one.place(4)
    assert cursor == 0  # s never was quiet
    assert [told.thing for told in read(Strands(CHAINS["settle"], True, done), log)] == again


def test_what_is_kept_of_the_past_is_bounded_by_the_number_of_things() -> None:
    log = log_of([(0, "s", UP), *((0.01, vm, st) for st in (UP, DOWN) * 300 for vm in "bc")])
    quick = chain(operators.settle(0.001))
    slow = chain(operators.settle(1e4))

    def either(source):
        of_s = ops.filter(lambda event: event.thing == "s")
        others = ops.filter(lambda event: event.thing != "s")
        return merged((slow(source.pipe(of_s)), quick(source.pipe(others))))

    one = Strands(either, by_thing=True)
    for at, logged in log:
        one.take(logged, at)
        while one.said:
            one.settled(one.said.popleft())
        cursor, done = one.place(logged.cursor)
    assert cursor == 0
    assert set(done) <= {"vm b", "vm c"}
    assert len(one._done) + len(one._undone) <= 2 * len({"s", "b", "c"})


def test_a_thing_that_never_rests_is_told_of_and_holds_nothing_back_for_ever(monkeypatch) -> None:
    monkeypatch.setattr(strands, "INPUTS_MAX", 11)
    log = log_of([(1, "a", (UP, PAUSED)[n % 2]) for n in range(35)])
    one = Strands(chain(operators.settle(60)), by_thing=True)
    for at, logged in log:
        one.take(logged, at)
    assert [said.event.seq for said in one.said] == [11, 22, 33]
    while one.said:
        one.settled(one.said.popleft())
    assert one.place(35) == (33, {})


def test_a_chain_that_raises_loses_one_thing_and_no_other() -> None:
    def broken(event: Event) -> Event:
        if event.thing == "b":
            raise ValueError("b")
        return event

    log = log_of([(1, "a", UP), (1, "b", UP), (1, "c", UP)])
    one = Strands(chain(ops.map(broken), operators.settle(5)), by_thing=True)
    assert [one.thing for one in read(one, log)] == ["a", "c"]
    assert one.place(3) == (3, {})
    assert one.failed == 1
