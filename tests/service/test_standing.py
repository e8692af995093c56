"""How a process that serves a store says that it is."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from vurti.api.listener import Listener
from vurti.clock import Task
from vurti.clock.virtual_clock import VirtualClock
from vurti.service.news import News
from vurti.service.standing import UNREAD_SECS, StoreStanding

WELL = {"ok": True, "why": None}


class _Standing:
    """What is asked of three others is said by hand."""

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.news = SimpleNamespace(read_at=self.clock.now())
        self.listener = SimpleNamespace(url="http://here")
        self.following: Any = self.clock.spawn(self.clock.sleep_until, float("inf"))

    @property
    def made(self) -> StoreStanding:
        return StoreStanding(
            self.clock,
            cast(News, self.news),
            cast(Task, self.following),
            cast(Listener, self.listener),
        )


@pytest.fixture
def standing() -> _Standing:
    return _Standing()


def test_where_the_store_is_read_and_the_api_answered_all_is_well(standing: _Standing) -> None:
    made = standing.made
    assert made.ready() == (True, {"ready": True, "checks": {"store": WELL, "listener": WELL}})
    assert made.alive() == (True, {"alive": True, "why": None})
    assert (made.started(), made.summary()) == (True, "answering")


def test_a_store_that_cannot_be_read_is_told_once_it_has_lasted_and_no_restart_is_asked_for(
    standing: _Standing,
) -> None:
    standing.clock.run(until=standing.clock.now() + UNREAD_SECS)
    assert standing.made.ready()[0]
    standing.clock.run(until=standing.clock.now() + 1)
    ready, told = standing.made.ready()
    assert (ready, told["checks"]["store"]["why"]) == (False, "it could not be read for 6 s")
    assert standing.made.summary() == "store: it could not be read for 6 s"
    assert standing.made.alive()[0]


def test_it_has_not_started_where_nobody_can_ask_it(standing: _Standing) -> None:
    standing.listener.url = None
    assert not standing.made.started()
    assert standing.made.summary() == "listener: [api] address cannot be had"


def test_it_is_not_alive_once_nobody_looks_for_news(standing: _Standing) -> None:
    standing.following.kill()
    assert standing.made.alive() == (False, {"alive": False, "why": "nobody looks for news"})
