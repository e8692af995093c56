"""Hosts as a test has them: they are never asked, and say what its diagram says."""

from collections.abc import Callable
from typing import Any, cast

from vurti.adapter import Parts, Writing
from vurti.adapter.parts import OnCommitted, OnFailed, OnStored, Store
from vurti.clock import Clock
from vurti.config import Config
from vurti.model import Host, Poll, Push, Question
from vurti.streams.beats import NEVER
from vurti.streams.crossings import Crossings
from vurti.streams.endpoint import Endpoint


class Mute:
    """An endpoint that is asked nothing. `says` is what it is listened to by."""

    questions = frozenset(Question)

    def __init__(self) -> None:
        self.says: Callable[[Push], None] = lambda _push: None

    def open(self, on_push: Callable[[Push], None], _on_resync: Callable[[str], None]) -> None:
        self.says = on_push

    def fetch(self, host: str, question: Question, _secs: float, vms: tuple[str, ...] = ()) -> Poll:
        raise AssertionError(f"{host} was asked about {question} {vms}: without demand nobody asks")

    def pushing(self, _host: str) -> bool:
        return False

    def close(self) -> None: ...


class Rehearsed:
    """A configuration whose hosts are mute: production's own parts, without demand for polls."""

    def __init__(self, config: Config) -> None:
        self._config = config

    def parts(
        self,
        clock: Clock | None = None,
        endpoints: Callable[[Host, Clock], Endpoint] | None = None,
        repository: Store | None = None,
    ) -> Parts:
        parts = self._config.parts(clock, endpoints, repository)
        write = parts.writing

        def writing(
            clock: Clock,
            store: Store,
            stored: OnStored,
            committed: OnCommitted,
            failed: OnFailed,
            crossings: Crossings,
        ) -> Writing:
            written = write(clock, store, stored, committed, failed, crossings)
            return cast(Writing, Undemanding(written))

        return parts._replace(writing=writing)


class Undemanding:
    """What writes as ever, and wants no polls."""

    def __init__(self, writing: Writing) -> None:
        self._writing = writing

    def demand(self) -> float:
        return NEVER

    def __getattr__(self, name: str) -> Any:
        return getattr(self._writing, name)
