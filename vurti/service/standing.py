"""How a process is that serves a store: for who restarts it, and for who sends readers to it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from vurti.clock import Clock, Task
from vurti.service.news import News

if TYPE_CHECKING:  # an HTTP server is loaded where there is one
    from vurti.api.listener import Listener

UNREAD_SECS = 5.0
"""Looking for news may fail, and be tried again, for so long before it is told."""


class StoreStanding:
    """`following` is the task that looks for news."""

    def __init__(self, clock: Clock, news: News, following: Task, listener: "Listener") -> None:
        self._clock, self._news = clock, news
        self._following, self._listener = following, listener

    def alive(self) -> tuple[bool, dict[str, Any]]:
        """That it is answered at all says that the event loop turns."""
        ended = self._following.join(self._clock.now())
        why = "nobody looks for news" if ended else None
        return why is None, {"alive": why is None, "why": why}

    def ready(self) -> tuple[bool, dict[str, Any]]:
        """Every check by its name, as the vurti that watches has it."""
        checks = dict(self._checks())
        well = not any(checks.values())
        told = {name: {"ok": why is None, "why": why} for name, why in checks.items()}
        return well, {"ready": well, "checks": told}

    def started(self) -> bool:
        """The store was read, and the API is answered."""
        return self.ready()[0]

    def summary(self) -> str:
        """What is lacking; else that it answers."""
        lacking = [f"{name}: {why}" for name, why in self._checks() if why is not None]
        return "; ".join(lacking) or "answering"

    def _checks(self) -> Iterator[tuple[str, str | None]]:
        unread = self._clock.now() - self._news.read_at
        old = unread > UNREAD_SECS
        yield "store", f"it could not be read for {unread:.0f} s" if old else None
        lacking = self._listener.url is None
        yield "listener", "[api] address cannot be had" if lacking else None
