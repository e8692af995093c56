"""One test under way: vurti's own adapter in virtual time, its hosts played from a diagram."""

from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple, cast

from msgspec.structs import replace as with_fields
from reactivex.disposable import SerialDisposable

from vurti.adapter import PushAdapter, Store
from vurti.clock.virtual_clock import VirtualClock
from vurti.config import Config
from vurti.errors import VurtiError
from vurti.events import Event
from vurti.model import Host, Missed, Push, Snapshot
from vurti.testing.checks.given import (
    Announced,
    Cancelled,
    Check,
    ClockSet,
    Given,
    Restarted,
    Stalled,
)
from vurti.testing.checks.mute import Mute, Rehearsed
from vurti.testing.checks.store import Kept, Shelf
from vurti.testing.checks.warming import warm
from vurti.testing.diagram import END, ERROR
from vurti.testing.indoors import indoors


class Heard(NamedTuple):
    """Something that the stream said: END, ERROR with the exception, or "" with an item."""

    at: float
    sign: str
    item: Any = None


class Stage:
    """Plays what comes in, and keeps what the stream says. `refused` are announcements that vurti
    did not take, with the reason."""

    def __init__(self, test: Check, config: Config, clock: VirtualClock, shelf: Shelf) -> None:
        self.heard: list[Heard] = []
        self.refused: list[str] = []
        self._test, self._clock, self._shelf = test, clock, shelf
        self._config = _of_test(config, test)
        self._listening = SerialDisposable()
        self._endpoints: dict[str, Mute] = {}
        self._announced: dict[str, str] = {}
        self._waiting: deque[tuple[str, Given | None]] = deque()
        self._busy = self._ending = False
        self._enter()
        self.began = clock.now()
        if test.known.vdss or test.known.vms:
            self._adapter.run(0.0)
            warm(self._adapter, clock, test.known, config.rules)
            self.began = clock.now()
        self._listen()

    def give(self, name: str, given: Given | None) -> None:
        """This comes in now, behind what is still being done. None is the end."""
        self._waiting.append((name, given))
        if not self._busy:
            self._go_on()

    def must_be_well(self) -> None:
        """Raise the bug of vurti's own that has stopped it, if one has."""
        if not self._ending:
            self._adapter.run(0.0)

    def close(self) -> None:
        """Leave nothing behind."""
        self._listening.dispose()
        self._adapter.close()

    def _enter(self) -> None:
        self._store: Kept = self._shelf.open()
        self._adapter = PushAdapter(
            Rehearsed(self._config), clock=self._clock, endpoints=self._endpoint,
            repository=cast(Store, self._store),
        )  # fmt: skip
        self._adapter.__enter__()

    def _endpoint(self, host: Host, _: object) -> Mute:
        return self._endpoints.setdefault(host.id, Mute())

    def _listen(self) -> None:
        self._listening.disposable = self._adapter[self._test.stream].subscribe(
            partial(self._hear, ""), partial(self._hear, ERROR), lambda: self._hear(END, None)
        )
        self._adapter.run(0.0)  # heard from the start on: hosts begin to be watched by it

    def _hear(self, sign: str, item: Any) -> None:
        if sign != END or self._ending:
            self.heard.append(Heard(self._clock.now() - self.began, sign, item))

    def _go_on(self) -> None:
        self._busy = False
        while self._waiting and not self._busy:
            self._do(*self._waiting.popleft())

    def _do(self, name: str, given: Given | None) -> None:
        match given:
            case Snapshot() | Missed():
                self._adapter.hear(with_fields(given, started=self._clock.now() + given.started))
            case Event():
                self._adapter.hear(given)
            case Push():
                self._endpoints[given.host].says(given)
            case Stalled(secs):
                self._clock.stall(secs)
            case ClockSet(secs):
                self._clock.step_wall(secs)
            case Announced() | Cancelled():
                self._beside(self._announce, name, given)
                self._clock.call_at(self._clock.now(), self._go_on)  # once it has been taken in
            case Restarted(killed):
                self._beside(self._restart, killed)
            case None:
                self._ending = True
                self._beside(self._end)

    def _beside(self, what: Callable[..., None], *args: Any) -> None:
        """It takes time, so it needs a task; what comes in meanwhile waits."""
        self._busy = True
        self._clock.spawn(what, *args)

    def _announce(self, name: str, given: Announced | Cancelled) -> None:
        try:
            if isinstance(given, Cancelled):
                self._adapter.cancel(self._announced.get(given.name, given.name))
            else:
                self._announced[name] = self._adapter.expect(
                    given.kind, given.thing, host=given.host, job=given.job, secs=given.secs
                )
        except VurtiError as error:
            self.refused.append(f"{name} at {self._clock.now() - self.began:g} s: {error}")

    def _end(self) -> None:
        self._adapter.run(0.0)
        self._adapter.close()

    def _restart(self, killed: bool) -> None:
        self._adapter.run(0.0)
        self._store.killed = killed
        self._adapter.close()
        self._enter()
        self._listen()
        self._go_on()


def _of_test(config: Config, test: Check) -> Config:
    """The very configuration, with the hosts of the test and what it knows of VMs."""
    facts = {vm.id: vm for vm in (*config.vms, *test.known.facts)}
    return indoors(config, hosts=test.hosts, vms=tuple(facts.values()))
