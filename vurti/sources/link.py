"""Keeps one host connected: connects, is told when that is lost, and connects again, ever slower.

While there is a connection nothing of it waits: a task for each host would weigh a stack each."""

import random
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from vurti.clock import Clock, Task, Timeout
from vurti.model import Miss
from vurti.sources.dial import Trouble
from vurti.sources.gate import gate_of

CHANCE = random.Random()
"""One for all links, since each weighs 2.5 KiB; tests have their own."""


class Connected(Protocol):
    """A connection, as far as a link cares. `trouble` says why it is over, once it is."""

    trouble: Trouble | None

    def attend(self, over: Callable[[], None]) -> None:
        """Do what must be done now and then, from now on, and call `over` once it is over; at once
        where it is already. Never yields, and nor does `over`."""

    def close(self) -> None:
        """Let go of everything that belongs to it."""


class Pace(Protocol):
    """How long a try may take, and how long to wait between two, at first and at most."""

    @property
    def connect_secs(self) -> float: ...

    @property
    def retry_secs(self) -> float: ...

    @property
    def retry_secs_max(self) -> float: ...


C = TypeVar("C", bound=Connected)


class Link(Generic[C]):
    """A connection that comes back. `connect` makes one or raises Trouble; `on_up` is called when
    one is there; `chance` spreads the tries, for a fleet must not come back as one."""

    def __init__(
        self,
        where: str,
        clock: Clock,
        pace: Pace,
        connect: Callable[[], C],
        on_up: Callable[[], None],
        chance: random.Random | None = None,
    ) -> None:
        self.ups = 0
        self._where, self._clock, self._pace = where, clock, pace
        self._connect, self._on_up, self._chance = connect, on_up, chance or CHANCE
        self._connection: C | None = None
        self._trouble = Trouble(Miss.NETWORK, f"not connected to {where} yet")
        self._settled = clock.signal()  # set unless a try is under way
        self._turn_at = float("-inf")  # when the latest try had its turn; inf while it waits for it
        self._pause_secs, self._began = pace.retry_secs, 0.0
        self._started = self._stopped = False
        self._gate = gate_of(clock)
        self._task: Task | None = None  # while there is no connection

    @property
    def current(self) -> C | None:
        """The living connection, if there is one just now."""
        connection = self._connection
        return connection if connection is not None and connection.trouble is None else None

    def start(self) -> None:
        """Begin to connect, and return at once."""
        self._started = True
        self._task = self._clock.spawn(self._run)

    def stop(self) -> None:
        """End it for good; calls under way raise Trouble."""
        self._stopped = True
        if self._task is not None:
            self._task.kill()
        if self._connection is not None:
            self._connection.close()
        self._down(Trouble(Miss.NETWORK, "the endpoint was closed"))

    def connection(self, until: float) -> C:
        """The living connection, waiting for a try that is under way. Raises Trouble."""
        asked = self._clock.now()
        if self._started and not self._settled.wait(until):
            if self._turn_at > asked:  # it was we who made it wait
                raise Trouble(Miss.BUSY, f"{self._where} waited for its turn to be connected to")
            reason = f"connecting to {self._where} takes long; before: {self._trouble}"
            raise Trouble(Miss.TIMEOUT, reason)
        if self._connection is None or self._connection.trouble is not None:
            lost = self._connection and self._connection.trouble
            raise (lost or self._trouble).again()
        return self._connection

    def _run(self) -> None:
        """Until there is a connection."""
        while True:
            self._settled.clear()
            self._began = self._clock.now()
            connection = self._try()
            if connection is not None:
                break
            self._pause()
        self._task = None
        connection.attend(self._over)

    def _over(self) -> None:
        if not self._stopped:
            self._task = self._clock.spawn(self._come_back)

    def _come_back(self) -> None:
        connection = self._connection
        if connection is not None:
            connection.close()
            self._down(connection.trouble or self._trouble)
        if self._clock.now() - self._began >= self._pace.retry_secs_max:
            self._pause_secs = self._pace.retry_secs  # one that is lost at once is no recovery
        self._pause()
        self._run()

    def _pause(self) -> None:
        jittered = self._pause_secs * self._chance.uniform(0.5, 1.0)
        self._clock.sleep_until(self._clock.now() + jittered)
        self._pause_secs = min(self._pause_secs * 2, self._pace.retry_secs_max)

    def _try(self) -> C | None:
        """A try takes `connect_secs` at most, from when it is its turn."""
        gate = self._gate
        self._turn_at = float("inf")
        turn = gate.enter()
        self._turn_at = self._clock.now()
        connection = None
        try:
            connection = self._try_now()
        finally:
            gate.leave(turn, connected=connection is not None)
        return connection

    def _try_now(self) -> C | None:
        secs = self._pace.connect_secs
        try:
            with self._clock.timeout(secs):
                connection = self._connect()
        except Trouble as trouble:
            self._down(trouble)
            return None
        except Timeout:
            self._down(Trouble(Miss.TIMEOUT, f"{self._where}: no connection within {secs:g} s"))
            return None
        self._connection = connection
        self.ups += 1
        self._on_up()
        self._settled.set()
        return connection

    def _down(self, trouble: Trouble) -> None:
        self._connection, self._trouble = None, trouble
        self._settled.set()
