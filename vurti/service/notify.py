"""What the service manager is told, where there is one: sd_notify(3), which systemd listens to.

A datagram of lines to the socket that NOTIFY_SOCKET names. Nobody waits for it, and one that cannot
be sent is let go: who supervises us does not depend on us, nor we on him.
"""

import os
import socket
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager, suppress
from typing import Any, Protocol

from vurti.clock import Clock

TICK_SECS = 1.0
STATUS_SECS = 10.0
TICKS_A_WATCH = 4
"""So often is the watchdog fed in the time that it allows, so that a late one does no harm."""


class Standing(Protocol):
    """How a process is."""

    def started(self) -> bool:
        """Its start is over."""
        ...

    def alive(self) -> tuple[bool, Any]:
        """Whether no restart is needed."""
        ...

    def summary(self) -> str:
        """In a line."""
        ...


class Supervisor:
    """The other end of NOTIFY_SOCKET. The variables are taken out of the environment, so that no
    program that we start speaks in our name. `watchdog_secs` is how long we may be silent."""

    def __init__(self, environment: MutableMapping[str, str] = os.environ) -> None:
        self._address = environment.pop("NOTIFY_SOCKET", "")
        usecs, pid = environment.pop("WATCHDOG_USEC", ""), environment.pop("WATCHDOG_PID", "")
        ours = usecs.isdigit() and pid in {"", str(os.getpid())}
        self.watchdog_secs = int(usecs) / 1e6 if ours and self.there else None

    @property
    def there(self) -> bool:
        """Whether anybody is to be told: a path, or an abstract socket that begins with @."""
        return self._address[:1] in {"/", "@"}

    def tell(self, **fields: object) -> bool:
        """One datagram, such as READY=1 and STATUS=…; whether it could be sent."""
        if not self.there:
            return False
        lines = "\n".join(f"{name}={_line(value)}" for name, value in fields.items())
        address = "\0" + self._address[1:] if self._address[0] == "@" else self._address
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
            sock.setblocking(False)
            sock.sendto(lines.encode(errors="replace"), address)
            return True
        return False


class Supervision:
    """What a supervisor is told of one run."""

    def __init__(self, clock: Clock, supervisor: Supervisor | None = None) -> None:
        self._clock = clock
        self._supervisor = supervisor if supervisor is not None else Supervisor()
        self._ready = False  # that we are was told

    @contextmanager
    def over(self, standing: Standing, farewell: str) -> Iterator[None]:
        """Say that we are there, as soon as we are, and that we work, as long as we do, while the
        block runs; then that we stop, and what is done at that."""
        if not self._supervisor.there:
            yield
            return
        task = self._clock.spawn(self._tell, standing)
        try:
            yield
        finally:
            task.kill()
            self._supervisor.tell(STOPPING=1, STATUS=farewell)

    @contextmanager
    def reloading(self) -> Iterator[None]:
        """Say that the configuration is to be read again, and behind the block that this was asked
        for: what comes of it is in the log."""
        if self._ready:
            moment = int(self._clock.now() * 1e6)
            self._supervisor.tell(RELOADING=1, MONOTONIC_USEC=moment)
        try:
            yield
        finally:
            if self._ready:
                self._supervisor.tell(READY=1)

    def _tell(self, standing: Standing) -> None:
        supervisor, clock = self._supervisor, self._clock
        said, say_at, watchdog = "", clock.now(), supervisor.watchdog_secs
        tick = TICK_SECS if watchdog is None else min(TICK_SECS, watchdog / TICKS_A_WATCH)
        while True:
            self._ready = self._ready or (standing.started() and supervisor.tell(READY=1))
            alive, _ = standing.alive()
            if watchdog is not None and alive:
                supervisor.tell(WATCHDOG=1)
            if clock.now() >= say_at and (status := standing.summary()) != said:
                said, say_at = status, clock.now() + STATUS_SECS
                supervisor.tell(STATUS=status)
            clock.sleep_until(clock.now() + tick)


def _line(value: object) -> str:
    return str(value).replace("\n", " ")
