"""The inbox of the store: written by others while its vurti writes, emptied by its commits."""

import pytest

from vurti.errors import Fenced, StoreError
from vurti.model import Awaited, Cancel, Expect, Expectation, Outcome
from vurti.model.commit import Commit
from vurti.repository import Repository, open_for_announcing

EXPECT = Expect("x1", Awaited.MIGRATE, "v", "h", None, "why", 60.0, 7.0)


def expectation(id_: str, outcome: Outcome = Outcome.OPEN) -> Expectation:
    ended_at = None if outcome is Outcome.OPEN else 5.0
    return Expectation(id_, Awaited.MIGRATE, "v", 1.0, 9.0, outcome=outcome, ended_at=ended_at)


@pytest.fixture
def repository(opened) -> Repository:
    repository: Repository = opened(wall=lambda: 1000.0)
    repository.start()
    return repository


@pytest.fixture
def announcer(repository, url):
    with open_for_announcing(url, wall=lambda: 1000.0) as announcer:
        yield announcer


def test_what_is_announced_beside_a_running_vurti_is_found_in_order(repository, announcer) -> None:
    given = [EXPECT, Cancel("x1"), Expect("x2", Awaited.MAINTENANCE, "h")]
    announced = [announcer.announce(one, 60.0) for one in given]
    assert repository.announcements() == announced
    assert [one.given for one in announced] == given
    assert (announced[0].announced_at, announced[0].expires_at) == (1000.0, 1060.0)


def test_it_leaves_with_the_commit_of_its_expectation_and_a_cancellation_with_its_end(
    repository, announcer
) -> None:
    one, two = announcer.announce(EXPECT, 60.0), announcer.announce(Cancel("x1"), 60.0)
    repository.commit(Commit(1, 1, expectations=(expectation("other"),)))
    assert repository.announcements() == [one, two]
    repository.commit(Commit(2, 2, expectations=(expectation("x1"),)))
    assert repository.announcements() == [two]
    repository.commit(Commit(3, 3, expectations=(expectation("x1", Outcome.CANCELLED),)))
    assert (announcer.find(one.id), announcer.find(two.id)) == (None, None)


def test_where_the_commit_fails_the_announcement_is_still_there(
    repository, announcer, store
) -> None:
    one = announcer.announce(EXPECT, 60.0)
    store.refuse("delete", "announcement", "x")
    with pytest.raises(StoreError):
        repository.commit(Commit(1, 1, expectations=(expectation("x1"),)))
    assert list(repository.expectations.list()) == []
    assert repository.announcements() == [one]
    store.allow("announcement")
    repository.commit(Commit(1, 1, expectations=(expectation("x1"),)))
    assert repository.announcements() == []


def test_a_refused_one_is_not_found_again_and_keeps_its_answer(repository, announcer) -> None:
    one = announcer.announce(EXPECT, 60.0)
    repository.refuse(one.id, "no VM 'v' is known \udc80")
    assert repository.announcements() == []
    assert announcer.find(one.id).answer == "no VM 'v' is known ?"
    assert announcer.take_back(one.id)
    assert (announcer.find(one.id), announcer.take_back(one.id)) == (None, False)


def test_an_expired_one_is_not_found_and_is_forgotten_in_the_end(opened, url) -> None:
    now = [1000.0]
    repository = opened(wall=lambda: now[0])
    repository.start()
    with open_for_announcing(url, wall=lambda: now[0]) as announcer:
        one = announcer.announce(EXPECT, 60.0)
        now[0] = 1060.0
        assert repository.announcements() == []
        assert (repository.prune(), announcer.find(one.id)) == (0, one)
        now[0] = 1121.0
        assert (repository.prune(), announcer.find(one.id)) == (1, None)


def test_one_that_cannot_be_read_has_its_answer_and_the_others_are_found(
    repository, announcer, store
) -> None:
    for _ in range(3):
        announcer.announce(EXPECT, 60.0)
    store.sql("update announcement set kind = 'dance' where key = 1")
    store.sql("update announcement set body = '{\"id\": 7}' where key = 2")
    answers = [one.answer for one in repository.announcements()]
    assert [answer is not None and "unreadable" in answer for answer in answers] == [
        True, True, False,
    ]  # fmt: skip


def test_the_announcer_does_not_take_the_lock_of_a_vurti_that_starts_later(opened, url) -> None:
    first = opened()
    first.start()
    first.close()
    with open_for_announcing(url) as announcer:
        second = opened()
        second.start()
        one = announcer.announce(EXPECT, 60.0)
        assert second.announcements() == [one]


def test_a_vurti_that_was_taken_over_answers_nobody(repository, announcer, store) -> None:
    one = announcer.announce(EXPECT, 60.0)
    store.sql("update scope set epoch = epoch + 1")
    with pytest.raises(Fenced):
        repository.refuse(one.id, "no")
