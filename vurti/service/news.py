"""What is new in a store that another process writes."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from loguru import logger

from vurti.clock import Clock
from vurti.errors import StoreError
from vurti.streams.histogram import Histogram

if TYPE_CHECKING:  # an HTTP server is loaded where there is one
    from vurti.api.stream.hubs import Hubs
    from vurti.api.v1.served import Ask

LOOK_SECS = 0.1
"""How often one looks for what the other process has committed."""

CLUSTERS_SECS = 1.0
"""Which cluster each host is of is looked up so often at most: where something is new."""


class News:
    """Looks whether the logs of the store have grown, and which cluster each host is of. `read_at`
    is the moment of the clock at which it last could, `lag_secs` how late it woke to do so."""

    def __init__(self, clock: Clock, ask: "Ask") -> None:
        self._clock, self._ask = clock, ask
        self._clusters: dict[str, str] = {}
        self._ends: dict[str, int] = {}
        self._look_up_at, self._changed, self._failing = float("-inf"), False, False
        self.read_at, self.lag_secs = clock.now(), Histogram()

    def cluster_of(self, host: str) -> str:
        """Its cluster; "" where it is not known. Raises StoreError."""
        known = self._clusters.get(host)
        if known is None and host:
            # It may be new: it is stored with the event that tells of it, so it is there by now.
            found = self._ask(lambda reader: reader.vdss.get(host))
            known = found.value.cluster if found is not None else None
            if known is not None:
                self._clusters[host] = known
        return known or ""

    def follow(self, hubs: "Hubs") -> None:
        """Tell them for ever: for a task of its own."""
        while True:
            due = self._clock.now() + LOOK_SECS
            self._clock.sleep_until(due)
            self.lag_secs.add(self._clock.now() - due)
            try:
                hubs.grown(self.look())
            except StoreError as error:
                if not self._failing:
                    logger.warning("news wait in the store, which cannot be read: {}", error)
                self._failing = True
            else:
                self._failing = False

    def look(self) -> Mapping[str, int]:
        """The scopes whose log has grown since the last look, and the cursor at which it ends now.
        Raises StoreError."""
        bounds = self._ask(lambda reader: reader.logs().bounds())
        ends = {scope: last for scope, (_, last) in bounds.items()}
        grown = {scope: last for scope, last in ends.items() if last != self._ends.get(scope)}
        self._changed = self._changed or bool(grown)
        if self._changed and self._clock.now() >= self._look_up_at:
            self._clusters = self._ask(lambda reader: reader.vdss.clusters())
            self._look_up_at, self._changed = self._clock.now() + CLUSTERS_SECS, False
        self._ends, self.read_at = ends, self._clock.now()
        return grown
