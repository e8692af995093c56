"""settle: what does not last is not news, and nothing that lasts is lost."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reactivex import operators as ops

from vurti.events import Event, Mark, VmKnown, VmRebooted, VmStateChanged, event
from vurti.streams.operators import settle
from vurti.testing import marbles, vm

STATUSES = ("Up", "Down", "Paused")


def test_a_flap_shorter_than_the_quiet_time_is_not_news(letters: dict[str, Event]) -> None:
    with marbles() as m:
        changes = m.hot("-d-u-----d--------|", **letters)
        m.expect(changes.pipe(settle(3)), "------------d-----|", **letters)


def test_each_event_begins_the_quiet_time_anew(letters: dict[str, Event]) -> None:
    with marbles() as m:
        changes = m.hot("-p-r-d-------|", **letters)
        m.expect(changes.pipe(settle(4)), "---------d---|", **letters)


def test_things_settle_each_for_itself(letters: dict[str, Event]) -> None:
    with marbles() as m:
        changes = m.hot("-d-D-U-------|", **letters)
        m.expect(changes.pipe(settle(3)), "----d--------|", **letters)


def test_a_thing_that_never_rests_is_told_of_after_secs_max(letters: dict[str, Event]) -> None:
    with marbles() as m:
        changes = m.hot("-d-u-d-u-d-u-d-u-----|", **letters)
        m.expect(changes.pipe(settle(3)), "---------------------|", **letters)
        m.expect(changes.pipe(settle(3, secs_max=5)), "------d-----u--------|", **letters)


def test_an_event_at_the_very_end_of_the_quiet_time_comes_too_late_for_it(
    letters: dict[str, Event],
) -> None:
    with marbles() as m:
        changes = m.hot("-d--u-----|", **letters)
        m.expect(changes.pipe(settle(3)), "----d--u--|", **letters)


def test_what_is_held_is_said_at_the_end(letters: dict[str, Event]) -> None:
    with marbles() as m:
        changes = m.hot("-d-D-|", **letters)
        m.expect(changes.pipe(settle(100)), "-----(d,D,|)", **letters)


def test_an_error_passes_at_once_and_takes_what_is_held_with_it(
    letters: dict[str, Event],
) -> None:
    with marbles() as m:
        changes = m.hot("-d-#", **letters)
        m.expect(changes.pipe(settle(100)), "---#", **letters)


def test_what_is_known_is_no_news_and_passes_at_once() -> None:
    known = VmKnown(after=vm("vm1"))
    with marbles() as m:
        m.expect(m.hot("-k--|", k=known).pipe(settle(100)), "-k--|", k=known)


def test_a_reboot_is_told_even_if_the_thing_is_back_where_it_was() -> None:
    up, down = vm("vm1", "Up"), vm("vm1", "RebootInProgress")
    begun, done = event(up, down), event(down, up, (Mark.REBOOTED,))
    assert begun is not None
    assert done is not None
    with marbles() as m:
        changes = m.hot("-b-e-----|", b=begun, e=done)
        m.expect(changes.pipe(settle(3)), "------r--|", r=VmRebooted(before=up, after=up))


def test_a_crash_is_told_even_if_the_vm_is_up_again() -> None:
    up, down = vm("vm1", "Up"), vm("vm1", "Down")
    crash, start = event(up, down, (Mark.CRASHED,)), event(down, up)
    with marbles() as m:
        changes = m.hot("-c-s-----|", c=crash, s=start)
        m.expect(
            changes.pipe(settle(3)),
            "------c--|",
            c=VmStateChanged(before=up, after=up, marks=(Mark.CRASHED,)),
        )


def test_two_subscriptions_hold_nothing_in_common(letters: dict[str, Event]) -> None:
    with marbles() as m:
        changes = m.hot("-d-------u-|", **letters)
        settled = changes.pipe(settle(3))
        m.expect(settled, "----d------(u,|)", **letters)
        m.expect(
            m.cold("-----|").pipe(ops.concat(settled.pipe(ops.take(1)))),
            "-----------(u,|)",
            **letters,
        )


@pytest.mark.parametrize("wrong", [(0, None), (-1, None), (5, 3), (5, 0)])
def test_times_that_cannot_be_meant_are_refused(wrong: tuple[float, float | None]) -> None:
    with pytest.raises(ValueError, match="settle: "):
        settle(*wrong)


@given(
    secs=st.integers(1, 5),
    longer=st.one_of(st.none(), st.integers(0, 6)),
    moves=st.lists(
        st.tuples(
            st.integers(0, 6),  # seconds since the one before
            st.sampled_from(["vm1", "vm2"]),
            st.sampled_from(STATUSES),
        ),
        max_size=25,
    ),
)
def test_whatever_happens_each_thing_ends_where_it_is_and_its_events_adjoin(
    secs: int, longer: int | None, moves: list[tuple[int, str, str]]
) -> None:
    said: list[tuple[float, Event]] = []

    def note(one: Event) -> None:
        said.append((m.clock.now(), one))

    secs_max = None if longer is None else secs + longer
    truth = {name: vm(name, "Up") for name in ("vm1", "vm2")}
    believed = dict(truth)
    signs, letters, tick = ["-"] * (sum(move[0] + 2 for move in moves) + 1), {}, 0
    for number, (pause, name, status) in enumerate(moves):
        change = event(truth[name], vm(name, status))
        tick += pause + 2  # letters side by side would be one name
        if change is not None:
            letters[chr(0x4E00 + number)] = change
            signs[tick] = chr(0x4E00 + number)
            truth[name] = vm(name, status)

    with marbles() as m:
        settled = m.hot("".join(signs) + "|", **letters).pipe(
            settle(secs, secs_max), ops.do_action(note)
        )
        m.expect(settled.pipe(ops.ignore_elements()), "-" * len(signs) + "|")

    for _, one in said:
        assert one.before == believed[one.thing]
        assert one.after is not None
        believed[one.thing] = one.after  # type: ignore[assignment]  # these are VMs
    assert believed == truth
    for name in truth:
        times = [at for at, one in said if one.thing == name and at < len(signs)]
        assert secs_max or all(later - at >= secs for at, later in pairwise(times))
