"""One scope of an adapter: its store, what decides in it, and what stores that."""

from collections.abc import Callable, Collection
from typing import NamedTuple

from vurti.adapter.live import Live
from vurti.adapter.parts import Parts, Store, Writing
from vurti.adapter.pipeline import Pipeline
from vurti.decide import View
from vurti.model import Decision, Input, Query, Timer
from vurti.model.commit import Commit, Loaded, Logged
from vurti.streams.crossings import Crossings
from vurti.streams.switch import Switch


class Told(NamedTuple):
    """Who is told by all scopes. None of them may yield."""

    decided: Callable[[Decision], None]
    asked: Callable[[Query], None]
    stored: Callable[[Commit], None]
    committed: Callable[[list[Logged]], None]
    broken: Callable[[Exception], None]
    begun: Callable[["Scope"], None] = lambda _scope: None


class Scope:
    """Made in the clock's thread, of a store that was started."""

    def __init__(
        self,
        parts: Parts,
        store: Store,
        loaded: Loaded,
        switch: Switch,
        live: Live,
        crossings: Crossings,
        told: Told,
    ) -> None:
        self.name, self.store, self._switch, self._told = loaded.scope, store, switch, told
        self.writing: Writing = parts.writing(
            parts.clock, store, told.stored, told.committed, told.broken, crossings
        )
        self.pipeline = Pipeline(
            parts.clock,
            parts.rules,
            loaded,
            self._decided,
            told.asked,
            told.broken,
            lambda tick: switch.put(self.name, tick),
            live,
        )

    @property
    def view(self) -> View:
        return self.pipeline.view

    def put(self, given: Input) -> None:
        """For the switch alone: everybody else puts inputs to that."""
        self.pipeline.put(given)

    def due(self, names: Collection[str]) -> tuple[Timer, ...]:
        return self.pipeline.timers.of(names)

    def _decided(self, decision: Decision) -> None:
        self._told.decided(decision)
        self.writing.on_next(decision)
        self._switch.decided(self.name, decision)
