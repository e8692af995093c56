"""What sinks know of the repository: callables and protocols, handed in by who knows both."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, Protocol

from vurti.clock import Clock
from vurti.events import Event
from vurti.model import Intent
from vurti.model.bookmark import Bookmark, DeadLetter
from vurti.model.commit import Logged
from vurti.streams.sink import SinkSettings
from vurti.streams.strands import Chain


class LogTail(Protocol):
    """A place in the log. See vurti.repository.Tail."""

    cursor: int

    def read(self) -> list[Any]:
        """Pairs of what is logged and its log time. Raises Forgotten and StoreError."""

    def wait(self, until: float | None = None) -> None: ...

    @property
    def wake(self) -> Callable[[], None]: ...

    def close(self) -> None: ...


class Standing(Protocol):
    """How everything stands. See vurti.repository.Standing."""

    @property
    def cursor(self) -> int: ...

    @property
    def at(self) -> float: ...

    def events(self) -> Iterator[Event]: ...


class IntentChange(Protocol):
    """See vurti.repository.intent_changes."""

    @property
    def intent(self) -> Intent: ...

    @property
    def raised_in(self) -> int: ...

    @property
    def changed_in(self) -> int: ...


class Log(Protocol):
    """What is committed in one scope, to be read: a Repository, or a Reader."""

    @property
    def scope(self) -> str: ...

    def tail(self, cursor: int, clock: Clock, look_secs: float) -> LogTail: ...

    def log_bounds(self) -> tuple[int, int]: ...

    def snapshot(self) -> Standing: ...

    def bookmarks(self) -> list[Bookmark]: ...

    def dead_letters(self, reader: str, limit: int = 100) -> list[DeadLetter]: ...

    def intent_changes(self, after: int = 0, limit: int = 500) -> Sequence[IntentChange]: ...

    def commits(self) -> int: ...


class LogTime(Protocol):
    """The log's own time. See vurti.repository.Repository."""

    def log_now(self) -> float: ...

    def let_pass(self) -> tuple[int, float]: ...


class Readers(Protocol):
    """What is kept of sinks. See vurti.repository.readers."""

    @property
    def keep(self) -> "Keep": ...

    @property
    def keep_only(self) -> Callable[[Sequence[str]], list[str]]: ...


class Written(LogTime, Protocol):
    """A scope's repository, as far as sinks need the one that writes it."""

    @property
    def scope(self) -> str: ...

    @property
    def readers(self) -> Readers: ...


class Keep(Protocol):
    """Stores how far a sink is. See vurti.repository.readers. Raises StoreError."""

    def __call__(
        self,
        bookmark: Bookmark,
        dead: Sequence[DeadLetter] = (),
        told: Sequence[str] = (),
        dead_max: int = 1000,
    ) -> None: ...


class Wired(NamedTuple):
    """A stream of the configuration as a sink reads it: the chain from all events of the log on,
    whether it goes by each thing alone, and which events it needs at all."""

    chain: Chain
    by_thing: bool
    wanted: Callable[[Event], bool]


class Table(NamedTuple):
    """A table `[sinks.NAME]`; `wired` is its stream where that has a chain."""

    name: str
    settings: SinkSettings
    wired: Wired | None = None


__all__ = [
    "IntentChange", "Keep", "Log", "LogTail", "LogTime", "Logged", "Readers", "Standing", "Table",
    "Wired", "Written",
]  # fmt: skip
