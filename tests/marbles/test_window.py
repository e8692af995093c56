"""window: the news of each stretch of time, in one go."""

import pytest

from vurti.events import Event, VmKnown
from vurti.streams.operators import window
from vurti.testing import marbles, vm


def test_a_window_ends_with_the_sum_of_each_thing_in_the_order_they_were_first_heard(
    letters: dict[str, Event],
) -> None:
    with marbles() as m:
        changes = m.hot("-p-D-r-d-------|", **letters)
        m.expect(changes.pipe(window(10)), "----------(D,d)|", **letters)


def test_a_window_without_news_says_nothing(letters: dict[str, Event]) -> None:
    with marbles() as m:
        changes = m.hot("-d-u------d---------|", **letters)
        m.expect(changes.pipe(window(5)), "---------------d----|", **letters)


def test_an_event_at_the_very_end_belongs_to_the_next_window(letters: dict[str, Event]) -> None:
    with marbles() as m:
        changes = m.hot("-d---u------|", **letters)
        m.expect(changes.pipe(window(5)), "-----d----u-|", **letters)


def test_what_a_window_holds_is_said_at_the_end(letters: dict[str, Event]) -> None:
    with marbles() as m:
        changes = m.hot("-d-D-|", **letters)
        m.expect(changes.pipe(window(100)), "-----(d,D,|)", **letters)


def test_windows_are_counted_from_the_subscription_whatever_the_length() -> None:
    from vurti.events import event

    down = event(vm("vm1"), vm("vm1", "Down"))
    with marbles(secs=0.1) as m:
        changes = m.hot("-d-------|", d=down)
        m.expect(changes.pipe(window(0.3)), "---d-----|", d=down)


def test_what_is_known_passes_at_once() -> None:
    known = VmKnown(after=vm("vm1"))
    with marbles() as m:
        m.expect(m.hot("-k--|", k=known).pipe(window(100)), "-k--|", k=known)


@pytest.mark.parametrize("secs", [0, -1])
def test_a_window_of_nothing_is_refused(secs: float) -> None:
    with pytest.raises(ValueError, match="window: secs must be more than 0"):
        window(secs)
