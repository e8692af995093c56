"""What a source gives: an endpoint, one connection that answers for one host or for many."""

from collections.abc import Callable
from typing import Protocol

from vurti.model import Poll, Push, Question


class Endpoint(Protocol):
    """Asks and listens; never changes a host. Every method may be called from any greenlet.

    A failure of a host is never an exception here: `fetch` returns Missed, pushes just stay away.
    """

    @property
    def questions(self) -> frozenset[Question]:
        """What this source can be asked at all."""

    def open(self, on_push: Callable[[Push], None], on_resync: Callable[[str], None]) -> None:
        """Start connecting and listening, and return at once. Call it once, before any `fetch`.

        `on_push` gets each push in the order the host sent it. `on_resync` gets a host's id
        whenever pushes may have been lost (after every reconnect): its states must be asked for
        anew. Neither may yield.
        """

    def fetch(
        self, host: str, question: Question, timeout_secs: float, vms: tuple[str, ...] = ()
    ) -> Poll:
        """Ask one host one thing. Yields until an answer, a failure, or the end of the time. `vms`
        are those that DEVICES is about, and the one of EXTERNAL_DATA."""

    def pushing(self, host: str) -> bool:
        """Whether this host's own words are coming in just now: it is subscribed to, and heard."""

    def close(self) -> None:
        """End the connection and everything spawned for it. Calls under way return Missed."""
