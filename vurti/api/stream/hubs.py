"""The hubs of all scopes, each made when somebody first reads its stream."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from vurti.api.stream.hub import Hub, Log
from vurti.api.stream.ring import Wanted
from vurti.api.stream.together import Together
from vurti.clock import Clock, Signal
from vurti.model.commit import Logged


class Hubs:
    """`log_of` gives the log of a scope. `wake` tells that some log has more; it never yields."""

    def __init__(
        self,
        clock: Clock,
        log_of: Callable[[str], Log],
        cluster_of: Callable[[str], str] = lambda _host: "",
    ) -> None:
        self._clock, self._log_of, self._cluster_of = clock, log_of, cluster_of
        self._hubs: dict[str, Hub] = {}
        self._news: Signal = clock.signal()
        self._lines_spared = 0  # by those who read several hubs over one line

    def of(self, scope: str) -> Hub:
        """Its hub. Raises StoreError where its log cannot be read."""
        hub = self._hubs.get(scope)
        if hub is None:
            hub = Hub(self._clock, self._log_of(scope), self._cluster_of, self._tell)
            hub.start()
            hub = self._hubs.setdefault(scope, hub)
        return hub

    def read(self, places: Mapping[str, int | None], wanted: Wanted | None) -> Iterator[bytes]:
        """What is sent to one reader of several scopes, from behind the cursor that each has in
        `places`, or from now on. Raises StoreError."""
        hubs = {scope: self.of(scope) for scope in places}
        begin = {name: hubs[name].end if at is None else at for name, at in places.items()}
        return self._read(Together(self._clock, hubs, lambda: self._news, wanted), begin)

    def _read(self, together: Together, places: Mapping[str, int]) -> Iterator[bytes]:
        self._lines_spared += len(places) - 1
        try:
            yield from together.read(places)
        finally:
            self._lines_spared -= len(places) - 1

    def _tell(self) -> None:
        news, self._news = self._news, self._clock.signal()
        news.set()

    def grown(self, ends: Mapping[str, int]) -> None:
        """The logs of these scopes end at these cursors now. Never yields."""
        for scope, end in ends.items():
            hub = self._hubs.get(scope)
            if hub is not None:
                hub.grown(end)

    def wake(self) -> None:
        """Look for more."""
        for hub in self._hubs.values():
            hub.wake()

    def committed(self, scope: str, logged: Sequence[Logged]) -> None:
        """These were committed in that scope just now. Never yields."""
        hub = self._hubs.get(scope)
        if hub is not None and logged:
            hub.committed(logged)

    def close(self) -> None:
        """Every reader is told good-bye."""
        for hub in self._hubs.values():
            hub.close()

    @property
    def _all(self) -> tuple[Hub, ...]:
        """Taken at once: figures are read from another thread."""
        return tuple(self._hubs.values())

    @property
    def readers(self) -> int:
        """How many read now."""
        return sum(hub.readers for hub in self._all) - self._lines_spared

    @property
    def resyncs(self) -> int:
        """How often readers had to read the state anew."""
        return sum(hub.resyncs for hub in self._all)

    @property
    def failures(self) -> int:
        """How often a log could not be read."""
        return sum(hub.failures for hub in self._all)

    @property
    def buffered_bytes(self) -> int:
        """What is kept ready for all readers."""
        return sum(hub.buffered_bytes for hub in self._all)
