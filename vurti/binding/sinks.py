"""How sinks are made known to the repository that they read, and to the streams that they tell."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from reactivex import Observable
from reactivex import operators as ops

from vurti.clock import Clock, Timeout, Worker
from vurti.events import Event, VdsEvent, VmEvent
from vurti.repository import AllReader, Repository, open_all_in_worker
from vurti.sinks import INTENTS, STREAMS, Sinks, Table, Wired
from vurti.sinks.parts import Log, Written
from vurti.streams.around import Around
from vurti.streams.definition import Definitions, by_thing, roots_of, wired

if TYPE_CHECKING:  # the configuration stands above this room, and hands itself in
    from vurti.config import Config

CLOSING_SECS = 5.0
KINDS: dict[str, type[Event]] = {"vms": VmEvent, "hosts": VdsEvent}


def sinks(config: "Config", is_handed_in: bool) -> Callable[[Clock, Around], Sinks]:
    """The configuration's sinks, over stores that may have been handed in."""

    def made(clock: Clock, around: Around) -> Sinks:
        logs = OwnLogs(config.repository.url, clock)

        def log_of(written: Written) -> Log:
            if is_handed_in or not config.repository.is_shared:
                assert isinstance(written, Repository)
                return written
            return logs.of(written.scope)

        tables = [
            Table(name, settings, wired_of(settings.source, config.definitions, around))
            for name, settings in config.sinks
        ]
        return Sinks(clock, tables, log_of, logs.close, around.cluster)

    return made


class OwnLogs:
    """All logs by a connection and a thread of its own, once somebody needs one: a sink that reads
    much delays no commit."""

    def __init__(self, url: str, clock: Clock) -> None:
        self._url, self._clock = url, clock
        self._opened: tuple[AllReader, Worker] | None = None

    def of(self, scope: str) -> Log:
        """That of one scope. Raises StoreError."""
        if self._opened is None:
            worker = self._clock.worker()
            self._opened = open_all_in_worker(self._url, worker), worker
        return self._opened[0].of(scope)

    def close(self) -> None:
        """Let the store go."""
        if self._opened is None:
            return
        reader, worker = self._opened
        try:
            with self._clock.timeout(CLOSING_SECS):
                reader.close()
                worker.close()
        except Timeout:
            pass  # the database does not answer: its thread ends with the process


def wired_of(source: str, definitions: Definitions, around: Around) -> Wired | None:
    """A stream of the configuration as a sink reads it; None for one that has no chain."""
    if source == INTENTS or source in STREAMS:
        return None
    kinds = tuple(KINDS[one] for one in roots_of(source, definitions))

    def chain(events: Observable[Event]) -> Observable[Event]:
        roots = {
            name: events.pipe(ops.filter(partial(_is_of, kind))) for name, kind in KINDS.items()
        }
        return wired(source, definitions, roots, around)

    return Wired(chain, by_thing(source, definitions), partial(_is_of, kinds))


def _is_of(kinds: type[Event] | tuple[type[Event], ...], event: Event) -> bool:
    return isinstance(event, kinds)
