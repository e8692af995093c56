"""All sinks of a configuration, over one scope's log."""

from collections.abc import Callable, Iterable, Sequence

from loguru import logger
from msgspec.structs import replace

from vurti.clock import Clock, Task
from vurti.errors import VurtiError
from vurti.events import Event, VdsEvent, VmEvent
from vurti.model.bookmark import Bookmark
from vurti.sinks.delivery import Delivery, Feed
from vurti.sinks.feed import EventFeed, Flow
from vurti.sinks.intent_feed import IntentFeed
from vurti.sinks.items import Origin
from vurti.sinks.ledger import Ledger
from vurti.sinks.parts import Keep, Log, LogTime, Table
from vurti.sinks.passing import Passing
from vurti.sinks.registry import kind_named
from vurti.streams.sink import Sink
from vurti.streams.strands import Strands

LOOK_SECS = 2.0
"""How often one looks whether somebody wants a sink to try again."""
CLOSING_SECS = 5.0
INTENTS = "intents"
STREAMS: dict[str, Callable[[Event], bool]] = {
    "events": lambda _event: True,
    "hosts": lambda event: isinstance(event, VdsEvent),
    "vms": lambda event: isinstance(event, VmEvent),
}
"""What can be told without a chain, besides intents."""


class Sinks:
    """Starts, wakes and ends them; each runs by itself. `deliveries` has their counters.

    `keep` and `time` are of the repository that writes; `log` may be another way to read it.
    """

    def __init__(
        self,
        clock: Clock,
        log: Log,
        time: LogTime,
        keep: Keep,
        keep_only: Callable[[Sequence[str]], list[str]],
        cluster: Callable[[str], str] = lambda _host: "",
    ) -> None:
        self.deliveries: list[Delivery] = []
        self.end = 0  # the log's last cursor, as far as it is known
        self._clock, self._log, self._time, self._keep = clock, log, time, keep
        self._keep_only, self._cluster = keep_only, cluster
        self._looking: Task | None = None

    def start(self, tables: Iterable[Table]) -> None:
        """Begin to tell. Raises VurtiError for a sink that can never work, and StoreError."""
        tables = list(tables)
        for name in self._keep_only([table.name for table in tables]):
            logger.info("sink {} is gone from the configuration for long: it is forgotten", name)
        known = {bookmark.name: bookmark for bookmark in self._log.bookmarks()}
        for table in tables:
            self._begin(table, known.get(table.name))
        if self.deliveries:
            self._looking = self._clock.spawn(self._look)

    def add(self, table: Table, sink: Sink) -> Delivery:
        """One more that begins now, and of which nothing is kept."""
        bookmark = self._new(table)
        ledger = Ledger(bookmark, None, self._log.dead_letters, self._clock, 1)
        return self._run(table, sink, self._feed(table, bookmark), ledger)

    def committed(self, cursor: int) -> None:
        """There is more to tell; the log's last cursor. Never yields."""
        self.end = max(self.end, cursor)
        for delivery in self.deliveries:
            delivery.wake()

    def close(self) -> None:
        """Tell what is committed by now, as far as it is taken, and end."""
        if self._looking is not None:
            self._looking.kill()
            self._looking = None
        for delivery in self.deliveries:
            delivery.stop()
        until = self._clock.now() + CLOSING_SECS
        for delivery in self.deliveries:
            delivery.close(until)

    def lag_events(self, delivery: Delivery) -> int:
        """How many events of the log a sink is behind; for one of intents, none."""
        if delivery.settings.source == INTENTS:
            return 0
        return max(0, self.end - delivery.feed.place()[0])

    def _begin(self, table: Table, known: Bookmark | None) -> None:
        settings = table.settings
        if known is not None and (known.stream == INTENTS) != (settings.source == INTENTS):
            logger.warning("sink {} tells something else than before: it begins anew", table.name)
            known = None
        bookmark = known or self._new(table)
        if (bookmark.kind, bookmark.stream) != (settings.kind, settings.source):
            bookmark = _renamed(bookmark, table)
        if known != bookmark:
            self._keep(bookmark)
        sink = kind_named(settings.kind).open(table.name, settings)
        letters_max = settings.dead_letters_max
        ledger = Ledger(bookmark, self._keep, self._log.dead_letters, self._clock, letters_max)
        self._run(table, sink, self._feed(table, bookmark), ledger)

    def _run(self, table: Table, sink: Sink, feed: Feed, ledger: Ledger) -> Delivery:
        delivery = Delivery(table.name, table.settings, sink, feed, ledger, self._clock)
        self.deliveries.append(delivery)
        delivery.start()
        return delivery

    def _feed(self, table: Table, bookmark: Bookmark) -> Feed:
        settings, wired = table.settings, table.wired
        origin = Origin(self._log.scope, settings.source, self._cluster)
        if settings.source == INTENTS:
            return IntentFeed(self._log, self._clock, origin, bookmark)
        flow: Flow
        if wired is None:
            flow, wanted = Passing(), STREAMS[settings.source]
        else:
            flow, wanted = Strands(wired.chain, wired.by_thing, bookmark.done), wired.wanted
        snapshots = (settings.start == "snapshot", settings.on_gap == "snapshot")
        return EventFeed(
            self._log, self._time, self._clock, origin, bookmark, flow, wanted, *snapshots
        )

    def _new(self, table: Table) -> Bookmark:
        """Where a sink begins that there was not before."""
        settings = table.settings
        first, last = self._log.log_bounds()
        cursor = max(0, first - 1) if settings.start == "oldest" else last
        if settings.source == INTENTS:
            cursor = 0
        return Bookmark(
            name=table.name,
            kind=settings.kind,
            stream=settings.source,
            cursor=cursor,
            is_new=settings.start == "snapshot" or settings.source == INTENTS,
        )

    def _look(self) -> None:
        """For what other processes ask of a sink."""
        while True:
            self._clock.sleep_until(self._clock.now() + LOOK_SECS)
            try:
                asked = {one.name: one.asked_at for one in self._log.bookmarks()}
            except VurtiError:
                continue  # the store: it comes back, and whoever writes says so
            for delivery in self.deliveries:
                if (at := asked.get(delivery.name)) is not None:
                    delivery.heed(at)


def _renamed(bookmark: Bookmark, table: Table) -> Bookmark:
    """The same place for a sink of another kind, or of another stream of events. What a chain has
    dealt with beyond it is another chain's."""
    done = bookmark.done if bookmark.stream == table.settings.source else {}
    return replace(bookmark, kind=table.settings.kind, stream=table.settings.source, done=done)
