"""One stream of the configuration within one subscription: its chain, and what feeds it."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Protocol

from loguru import logger
from reactivex import Observer, Subject, abc

from vurti.streams.around import Around
from vurti.streams.bulkhead import Bulkhead, SharedStream
from vurti.streams.definition import Definition, Definitions, place_of
from vurti.streams.lane import Lane

ERRORS_MAX = 10
"""An operator that raised so often in a row is not begun anew."""


class Surroundings(Protocol):
    """What a line is part of: the streams that are always there, the definitions that hold now, and
    a register of the lines that are alive."""

    roots: dict[str, SharedStream[Any]]
    definitions: Definitions
    around: Around

    def enter(self, line: "Line") -> None: ...

    def leave(self, line: "Line") -> None: ...


class Line:
    """Feeds what its sources say through its chain and hands on what comes out, by `say`; once all
    sources have ended, or the chain has failed too often, it says so by `ended`. Nothing in here
    yields. The chain can be exchanged while the sources stay."""

    def __init__(
        self,
        streams: Surroundings,
        lane: Lane,
        name: str,
        say: Callable[[Any], None],
        ended: Callable[[], None],
    ) -> None:
        self.stream, self.part = place_of(name, streams.definitions)
        self._streams, self._lane, self._say, self._ended = streams, lane, say, ended
        self._feeds: dict[str, Line | Bulkhead[Any]] = {}
        self._running: set[str] = set()  # sources that have not ended by themselves
        self._errors = 0
        self._input: Subject[Any] = Subject()
        self._chain: abc.DisposableBase | None = None
        streams.enter(self)
        self._build()

    def start(self) -> None:
        """Listen to its sources."""
        self._follow(self._definition.sources)

    def exchange(self) -> None:
        """Say what the old chain holds, and go on by the definition that holds now. Sources that
        stay are not left for a moment."""
        sources = self._definition.sources
        for name in [name for name in self._feeds if name not in sources]:
            self._running.discard(name)
            self._cut_off(name)
        self._flush()
        if self._rebuild():
            self._follow(name for name in sources if name not in self._feeds)

    def finish(self) -> None:
        """Say all that is held, here and above; then it is no more."""
        for name in list(self._feeds):
            self._cut_off(name)
        self._flush()
        self.drop()

    def drop(self) -> None:
        """Be no more; what is held is dropped."""
        self._streams.leave(self)
        for feed in self._feeds.values():
            if isinstance(feed, Line):
                feed.drop()
            else:
                feed.dispose()
        self._feeds.clear()
        self._dismantle()

    @property
    def _definition(self) -> Definition:
        return self._streams.definitions[self.stream]

    def _build(self) -> None:
        self._input = Subject()
        chain = self._definition.operator(self.part, self._streams.around)(self._input)
        self._chain = chain.subscribe(
            self._told, self._failed, lambda: None, scheduler=self._lane.scheduler
        )

    def _rebuild(self) -> bool:
        """Build the chain anew; where an operator refuses to be made, this is the end of it."""
        try:
            self._build()
        except Exception as error:  # noqa: BLE001 - an operator of others may raise anything
            logger.opt(exception=error).error("stream {} ends: it cannot be made", self.stream)
            self.drop()
            self._ended()
            return False
        return True

    def _dismantle(self) -> None:
        if self._chain is not None:
            self._chain.dispose()
            self._chain = None

    def _flush(self) -> None:
        """The end of its input is where a chain says what it holds."""
        try:
            self._input.on_completed()
        except Exception as error:  # noqa: BLE001 - an operator of others may raise anything
            logger.opt(exception=error).error("stream {} lost what it held", self.stream)
        self._dismantle()

    def _follow(self, names: Iterable[str]) -> None:
        for name in list(names):
            self._running.add(name)
            root = self._streams.roots.get(name)
            if root is None:
                feed = Line(self._streams, self._lane, name, self._feed, partial(self._over, name))
                self._feeds[name] = feed
                feed.start()
            else:
                told = Observer(self._feed, on_completed=partial(self._over, name))
                self._feeds[name] = root.attach(told, self._lane)

    def _cut_off(self, name: str) -> None:
        """Take in what a source still holds, and listen to it no more."""
        feed = self._feeds.pop(name)
        if isinstance(feed, Line):
            feed.finish()
        else:
            for item in feed.leave():
                self._feed(item)

    def _feed(self, item: Any) -> None:
        try:
            self._input.on_next(item)
        except Exception as error:  # noqa: BLE001 - an operator of others may raise anything
            self._failed(error)

    def _told(self, item: Any) -> None:
        self._errors = 0
        self._say(item)

    def _failed(self, error: Exception) -> None:
        """A chain that raised begins anew, with nothing held."""
        self._errors += 1
        logger.opt(exception=error).error("an operator of stream {} raised", self.stream)
        self._dismantle()
        if self._errors < ERRORS_MAX:
            self._rebuild()
        else:
            logger.error("stream {} ends: {} errors in a row", self.stream, self._errors)
            self.drop()
            self._ended()

    def _over(self, name: str) -> None:
        """A source has ended by itself; with the last of them this line does."""
        self._running.discard(name)
        if not self._running:
            self._flush()
            self.drop()
            self._ended()
