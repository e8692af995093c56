"""The logs of several scopes over one line: a browser has few lines, a fleet may have many logs."""

from collections.abc import Callable, Iterator, Mapping

from vurti.api.stream import frames
from vurti.api.stream.hub import KEEP_ALIVE_SECS, Hub
from vurti.api.stream.ring import Wanted
from vurti.clock import Clock, Signal


class Together:
    """One reader of several hubs, by the names of their scopes. Where the scope is another one than
    before, `event: scope` says which. `news` gives what tells that some hub has more."""

    def __init__(
        self,
        clock: Clock,
        hubs: Mapping[str, Hub],
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
        if scope == self._said:
            return b""
        self._said = scope
        return frames.scope(scope)
