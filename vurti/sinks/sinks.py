"""All sinks of a configuration, over the logs of all scopes."""

from collections.abc import Callable, Sequence

from loguru import logger
from msgspec.structs import replace

from vurti.clock import Clock, Task
from vurti.errors import StoreError, VurtiError
from vurti.events import Event, VdsEvent, VmEvent
from vurti.model.bookmark import Bookmark
from vurti.sinks.delivery import Delivery, Feed
from vurti.sinks.feed import EventFeed, Flow
from vurti.sinks.intent_feed import IntentFeed
from vurti.sinks.items import Origin
from vurti.sinks.ledger import Ledger
from vurti.sinks.outlet import Outlet
from vurti.sinks.parts import Log, Table, Written
from vurti.sinks.passing import Passing
from vurti.sinks.registry import kind_named
from vurti.streams.strands import Strands

LOOK_SECS = 2.0
"""How often one looks whether somebody wants a sink to try again."""
CLOSING_SECS, LATE_SECS = 5.0, 5.0
INTENTS = "intents"
STREAMS: dict[str, Callable[[Event], bool]] = {
    "events": lambda _event: True,
    "hosts": lambda event: isinstance(event, VdsEvent),
    "vms": lambda event: isinstance(event, VmEvent),
}
"""What can be told without a chain, besides intents."""


class Sinks:
    """Starts, wakes and ends them; each runs by itself. `deliveries` has their counters.

    `tables` are those of the configuration, all of whose mistakes were told before. `log_of` gives
    a way to read what a scope's repository writes, and `close_logs` ends all of these.
    """

    def __init__(
        self,
        clock: Clock,
        tables: Sequence[Table],
        log_of: Callable[[Written], Log],
        close_logs: Callable[[], None] = lambda: None,
        cluster: Callable[[str], str] = lambda _host: "",
    ) -> None:
        self.deliveries: list[Delivery] = []
        self._clock, self._tables, self._cluster = clock, tables, cluster
        self._log_of, self._close_logs = log_of, close_logs
        self._scopes: list[Written] = []
        self._logs: dict[str, Log] = {}
        self._outlets: dict[str, Outlet] = {}
        self._late: list[Task] = []
        self._started = False
        self._looking: Task | None = None

    def join(self, written: Written) -> None:
        """What is committed in this scope is told as well, from `start` on. Where the store refuses
        just then, once it does no more."""
        self._scopes.append(written)
        if self._started:
            try:
                self._begin(written)
            except VurtiError as error:
                self._put_off(written, error)

    def start(self) -> None:
        """Begin to tell; where the store refuses just then, once it does no more. Raises VurtiError
        for a sink that can never work."""
        self._started = True
        for written in self._scopes:
            try:
                self._begin(written)
            except StoreError as error:
                self._put_off(written, error)
        if self._tables:
            self._looking = self._clock.spawn(self._look)

    def committed(self) -> None:
        """Something was committed. Never yields."""
        for delivery in self.deliveries:
            delivery.wake()

    def close(self) -> None:
        """Tell what is committed by now, as far as it is taken, and end."""
        for task in self._late if self._looking is None else (*self._late, self._looking):
            task.kill()
        self._late, self._looking = [], None
        for delivery in self.deliveries:
            delivery.stop()
        until = self._clock.now() + CLOSING_SECS
        for delivery in self.deliveries:
            delivery.close(until)
        for outlet in self._outlets.values():
            outlet.close()
        self._outlets.clear()
        self._close_logs()

    def _put_off(self, written: Written, error: VurtiError) -> None:
        logger.warning("nothing is told of scope {} yet: {}", written.scope, error)
        self._late.append(self._clock.spawn(self._begin_late, written))

    def _begin_late(self, written: Written) -> None:
        while True:
            self._clock.sleep_until(self._clock.now() + LATE_SECS)
            try:
                self._begin(written)
            except VurtiError:
                continue
            return

    def _begin(self, written: Written) -> None:
        """All sinks, over one scope; those that have begun are left as they are."""
        for name in written.readers.keep_only([table.name for table in self._tables]):
            logger.info("sink {} is gone from the configuration for long: it is forgotten", name)
        if not self._tables:
            return
        log = self._logs[written.scope] = self._log_of(written)
        known = {bookmark.name: bookmark for bookmark in log.bookmarks()}
        begun = {one.name for one in self.deliveries if one.scope == written.scope}
        for table in self._tables:
            if table.name not in begun:
                self._deliver(table, known.get(table.name), written, log)

    def _deliver(self, table: Table, known: Bookmark | None, written: Written, log: Log) -> None:
        settings = table.settings
        if known is not None and (known.stream == INTENTS) != (settings.source == INTENTS):
            logger.warning("sink {} tells something else than before: it begins anew", table.name)
            known = None
        bookmark = known or _new(table, log)
        if (bookmark.kind, bookmark.stream) != (settings.kind, settings.source):
            bookmark = _renamed(bookmark, table)
        keep = written.readers.keep
        if known != bookmark:
            keep(bookmark)
        letters_max = settings.dead_letters_max
        ledger = Ledger(bookmark, keep, log.dead_letters, self._clock, letters_max)
        feed = self._feed(table, bookmark, written, log)
        outlet = self._outlet(table)
        made = (table.name, written.scope, settings, outlet, feed, ledger, self._clock)
        self.deliveries.append(Delivery(*made))
        self.deliveries[-1].start()

    def _outlet(self, table: Table) -> Outlet:
        """One sink for all scopes: it has one file, or one connection."""
        if table.name not in self._outlets:
            settings = table.settings
            sink = kind_named(settings.kind).open(table.name, settings)
            outlet = Outlet(table.name, sink, self._clock, settings.timeout_secs)
            self._outlets[table.name] = outlet
        return self._outlets[table.name]

    def _feed(self, table: Table, bookmark: Bookmark, written: Written, log: Log) -> Feed:
        settings, wired = table.settings, table.wired
        origin = Origin(log.scope, settings.source, self._cluster)
        if settings.source == INTENTS:
            return IntentFeed(log, self._clock, origin, bookmark)
        flow: Flow
        if wired is None:
            flow, wanted = Passing(), STREAMS[settings.source]
        else:
            flow, wanted = Strands(wired.chain, wired.by_thing, bookmark.done), wired.wanted
        snapshots = (settings.start == "snapshot", settings.on_gap == "snapshot")
        return EventFeed(log, written, self._clock, origin, bookmark, flow, wanted, *snapshots)

    def _look(self) -> None:
        """For what other processes ask of a sink."""
        while True:
            self._clock.sleep_until(self._clock.now() + LOOK_SECS)
            for scope, log in list(self._logs.items()):
                try:
                    asked = {one.name: one.asked_at for one in log.bookmarks()}
                except VurtiError:
                    continue  # the store: it comes back, and whoever writes says so
                for delivery in self.deliveries:
                    at = asked.get(delivery.name) if delivery.scope == scope else None
                    if at is not None:
                        delivery.heed(at)


def _new(table: Table, log: Log) -> Bookmark:
    """Where a sink begins that there was not before."""
    settings = table.settings
    first, last = log.log_bounds()
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


def _renamed(bookmark: Bookmark, table: Table) -> Bookmark:
    """The same place for a sink of another kind, or of another stream of events. What a chain has
    dealt with beyond it is another chain's."""
    done = bookmark.done if bookmark.stream == table.settings.source else {}
    return replace(bookmark, kind=table.settings.kind, stream=table.settings.source, done=done)
