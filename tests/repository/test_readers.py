"""Readers have a place in the log, which is kept for them, and the log waits within bounds."""

import pytest
from msgspec.structs import replace

from vurti.errors import Fenced
from vurti.events import event
from vurti.model import Vm
from vurti.model.bookmark import Bookmark, DeadLetter
from vurti.model.commit import Commit
from vurti.repository import Retention

DAY = 86_400.0


def letter(id_: str, tries: int = 1) -> DeadLetter:
    return DeadLetter(id=id_, cursor=1, refused_at=2.0, reason="400", body="{}", tries=tries)


def mark(name: str, cursor: int = 0, **more: object) -> Bookmark:
    return Bookmark(name=name, kind="ndjson", stream="events", cursor=cursor, **more)


def logged(repository, count: int, at: float = 0.0) -> None:
    told = tuple(event(None, Vm(f"vm{n}"), id=str(n)) for n in range(count))
    repository.commit(Commit(1, 1, events=told), at)


def test_a_bookmark_is_found_again_as_it_was_kept(opened) -> None:
    first = opened()
    first.start()
    kept = mark("hook", 7, done={"vm1": 9}, is_new=True, sent=3, retries=2, dropped=1, dead=4,
                failing_since=5.0, failure="no route", updated_at=6.0, heeded_at=1.0)  # fmt: skip
    first.readers.keep(kept)
    first.readers.keep(mark("a", 1))
    first.close()
    second = opened()
    assert second.bookmarks() == [mark("a", 1), kept]
    second.start()
    second.readers.keep(replace(kept, cursor=8, done={}))
    assert second.bookmarks()[1] == replace(kept, cursor=8, done={})


def test_no_more_dead_letters_are_kept_than_the_newest_so_many(opened) -> None:
    repository = opened()
    repository.start()
    repository.readers.keep(mark("hook"), [letter(str(n)) for n in range(5)], dead_max=3)
    assert [one.id for one in repository.dead_letters("hook")] == ["2", "3", "4"]
    repository.readers.keep(mark("hook"), [letter("3", tries=2)], told=["2"], dead_max=3)
    assert {one.id: one.tries for one in repository.dead_letters("hook")} == {"3": 2, "4": 1}
    assert repository.dead_letter_counts() == {"hook": 2}


def test_a_start_that_was_taken_over_keeps_no_bookmark(opened, store) -> None:
    first = opened()
    first.start()
    store.unlock(first)
    second = opened()
    second.start()
    with pytest.raises(Fenced):
        first.readers.keep(mark("hook"))


def test_the_log_waits_for_its_slowest_reader(opened) -> None:
    repository = opened(retention=Retention(log_rows_max=2, unread_rows_max=100), wall=lambda: 0.0)
    repository.start()
    logged(repository, 10)
    repository.readers.keep(mark("slow", 4))
    repository.readers.keep(mark("quick", 9))
    repository.readers.keep(replace(mark("manager", 0), stream="intents"))
    assert (repository.prune(), repository.prune()) == (4, 0)
    assert repository.log_bounds() == (5, 10)
    repository.readers.keep(mark("slow", 10))
    assert repository.prune() == 4
    assert repository.log_bounds() == (9, 10)
    assert [one.lost for one in repository.bookmarks()] == [0, 0, 0]


def test_what_a_reader_loses_beyond_the_bound_is_counted_in_its_row(opened) -> None:
    repository = opened(retention=Retention(log_rows_max=2, unread_rows_max=5), wall=lambda: 0.0)
    repository.start()
    logged(repository, 10)
    repository.readers.keep(mark("slow", 1))
    repository.readers.keep(mark("slower", 0))
    assert (repository.prune(), repository.prune()) == (5, 0)
    assert {one.name: one.lost for one in repository.bookmarks()} == {"slow": 4, "slower": 5}
    repository.readers.keep(mark("slow", 5))  # as it goes on, it takes nothing of that back
    assert {one.name: one.lost for one in repository.bookmarks()} == {"slow": 4, "slower": 5}


def test_the_bound_may_be_an_age_as_well(opened) -> None:
    kept = Retention(log_days=1, unread_days=3)
    repository = opened(retention=kept, wall=lambda: 10 * DAY)
    repository.start()
    for number, day in enumerate((5, 8, 9.5), 1):
        told = (event(None, Vm(f"vm{number}"), id=str(number)),)
        repository.commit(Commit(number, number, events=told), day * DAY)
    repository.readers.keep(mark("slow", 0))
    repository.prune()
    assert repository.log_bounds() == (2, 3)
    assert [one.lost for one in repository.bookmarks()] == [1]


def test_a_reader_that_is_gone_is_forgotten_after_its_days_and_not_before(opened) -> None:
    wall = [0.0]
    repository = opened(retention=Retention(gone_days=7), wall=lambda: wall[0])
    repository.start()
    for name in ("hook", "file"):
        repository.readers.keep(mark(name), [letter("x")])
    assert repository.readers.keep_only(["file"]) == []
    wall[0] = 6 * DAY
    assert repository.readers.keep_only(["file"]) == []
    assert {one.name: one.gone_at for one in repository.bookmarks()} == {"hook": 0.0, "file": None}
    assert repository.readers.keep_only(["file", "hook"]) == []  # it is back
    assert {one.gone_at for one in repository.bookmarks()} == {None}
    repository.readers.keep_only(["file"])
    wall[0] = 14 * DAY
    assert repository.readers.keep_only(["file"]) == ["hook"]
    assert [one.name for one in repository.bookmarks()] == ["file"]
    assert repository.dead_letter_counts() == {"file": 1}


def test_nothing_is_logged_before_a_log_time_that_has_passed(opened) -> None:
    wall, monotonic = [100.0], [0.0]
    clocks = {"wall": lambda: wall[0], "monotonic": lambda: monotonic[0]}
    first = opened(**clocks)
    first.start()
    monotonic[0] = 5.0
    assert first.let_pass() == (0, 105.0)
    wall[0] = 0.0  # somebody set the clock
    logged(first, 2)
    first.close()
    monotonic[0] = 1.0  # another boot
    second = opened(**clocks)
    second.start()
    assert second.log_now() == 105.0
    logged(second, 1)
    monotonic[0] = 2.0
    assert second.let_pass() == (3, 106.0)
    assert [one.log_time for one in second.placed()] == [105.0, 105.0, 105.0]
