"""One reader of the logs of one scope or of several: a browser has few lines, a fleet may have many
logs."""

from collections.abc import Callable, Iterator, Mapping
from typing import Protocol

from vurti.api.stream import frames
from vurti.api.stream.ring import Wanted
from vurti.clock import Clock, Signal

KEEP_ALIVE_SECS = 15.0


class Pieces(Protocol):
    """A log that can be read piece by piece; see hub.Hub."""

    readers: int
    closing: bool

    def piece(self, after: int, wanted: Wanted | None) -> tuple[bytes, int, bool]: ...


class Together:
    """Reads hubs, by the names of their scopes. Of several, `event: scope` says of which something
    is, where that is another one than before. `news` gives what tells that some hub has more."""

    def __init__(
        self,
        clock: Clock,
        hubs: Mapping[str, Pieces],
        news: Callable[[], Signal],
        wanted: Wanted | None = None,
    ) -> None:
        self._clock, self._hubs, self._news, self._wanted = clock, hubs, news, wanted
        self._said: str | None = None

    def read(self, places: Mapping[str, int]) -> Iterator[bytes]:
        """What is sent, from behind the cursor that each scope has in `places`."""
        for hub in self._hubs.values():
            hub.readers += 1
        try:
            yield frames.RETRY
            yield from self._read(dict(places))
        finally:
            for hub in self._hubs.values():
                hub.readers -= 1

    def _read(self, places: dict[str, int]) -> Iterator[bytes]:
        while True:
            news, quiet = self._news(), True
            for scope, hub in self._hubs.items():
                sent, places[scope], more = hub.piece(places[scope], self._wanted)
                quiet = quiet and not more
                if sent:
                    yield self._of(scope) + sent
            if not quiet:
                continue
            if any(hub.closing for hub in self._hubs.values()):
                yield frames.bye()
                return
            if not news.wait(self._clock.now() + KEEP_ALIVE_SECS):
                yield b"".join(
                    self._of(scope) + frames.keep_alive(after) for scope, after in places.items()
                )

    def _of(self, scope: str) -> bytes:
        if scope == self._said or len(self._hubs) == 1:
            return b""
        self._said = scope
        return frames.scope(scope)
