"""Announcing to the vurti that writes, from a process that only serves."""

from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, Unpack

from vurti.clock import Clock
from vurti.config import Config
from vurti.model import Awaited, Cancel, Expect
from vurti.repository import AllReader
from vurti.repository.announcer import new_id
from vurti.service.api import Asking

if TYPE_CHECKING:  # an HTTP server is loaded where there is one
    from vurti.api.v1.served import More

ANNOUNCED_MAX = 20
"""So many are waited for at once: each in a thread of its own."""

PutIn = Callable[[AllReader, Expect | Cancel], str]
"""Puts it into the store, waits until the vurti that writes has taken it in, and gives its id. May
block. Raises Refused, StoreError."""


class Announcing:
    """Announces to the vurti that writes the store. Raises Refused, StoreError, and Problem where
    too many wait for that already."""

    def __init__(self, clock: Clock, config: Config, put_in: PutIn) -> None:
        self._clock, self._config, self._put_in = clock, config, put_in
        self._waiting = 0

    def expect(self, kind: Awaited | str, thing: str, **more: "Unpack[More]") -> str:
        """See `vurti.api.v1.served.Announce`."""
        at = self._clock.wall()
        return self._tell(Expect(new_id(), Awaited(kind), thing, **more, announced_at=at))

    def cancel(self, expectation: str) -> None:
        """It is waited for no more."""
        self._tell(Cancel(expectation))

    def _tell(self, given: Expect | Cancel) -> str:
        from vurti.api.problems import Problem

        if self._waiting >= ANNOUNCED_MAX:
            detail = f"{ANNOUNCED_MAX} announcements wait to be taken in already"
            raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, detail, again_secs=5)
        asking = Asking(self._clock, self._config)
        self._waiting += 1
        try:
            return asking(lambda reader: self._put_in(reader, given))
        finally:
            self._waiting -= 1
            asking.close()
