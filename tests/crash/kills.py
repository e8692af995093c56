"""When vurti is killed: at any instant, and at those that matter, all drawn from one seed."""

import time
from collections.abc import Callable
from enum import StrEnum
from random import Random
from typing import NamedTuple

from tests.crash.stores import Store
from tests.service.program import Program
from tests.waiting import wait_for

STARTED = "watching "
"""What vurti says once it polls."""
WAIT_SECS = 60.0
_LOOK_SECS = 0.0002
"""A COMMIT takes about a millisecond: to be killed within it, it must be seen while it runs."""


class Instant(StrEnum):
    """What the killer waits for."""

    ANY = "any"  # so long after the process began, whatever it has come to
    STARTING = "starting"  # the first write of a start: migration, or the scope taken over
    COMMITTING = "committing"  # a transaction of the busy service reaches the disk
    DELIVERING = "delivering"  # the receiver of a sink has begun to read what it is told
    STOPPING = "stopping"  # it was asked to end, and stores what is left
    BOTH = "both"  # the server of its database was killed and came back while it lived


class Kill(NamedTuple):
    """`secs` is how long after what is waited for; `writes` how many of them are let pass."""

    instant: Instant
    secs: float
    writes: int


SHARES = {
    Instant.ANY: 4,
    Instant.STARTING: 2,
    Instant.COMMITTING: 4,
    Instant.DELIVERING: 2,
    Instant.STOPPING: 1,
}
WITH_A_SERVER = {**SHARES, Instant.BOTH: 1}


def drawn(random: Random, secs_max: float, shares: dict[Instant, int]) -> Kill:
    """The next one."""
    instant = random.choices(tuple(shares), tuple(shares.values()))[0]
    at_once_or_soon = random.choice((0.0, random.uniform(0, 0.02)))
    match instant:
        case Instant.ANY:
            return Kill(instant, random.uniform(0, secs_max), 0)
        case Instant.STARTING:
            return Kill(instant, at_once_or_soon, 0)
        case Instant.COMMITTING | Instant.DELIVERING:
            return Kill(instant, at_once_or_soon, random.randint(0, 7))
        case Instant.STOPPING:
            return Kill(instant, random.uniform(0, 0.3), random.randint(0, 3))
        case Instant.BOTH:
            return Kill(instant, random.uniform(0, secs_max), random.randint(0, 7))


def strike(
    kill: Kill,
    service: Program,
    store: Store,
    said: Callable[[], str],
    delivered: Callable[[], int],
) -> bool:
    """Wait for the instant, and kill; whether the service had got as far as to poll. `said` is what
    it has logged, `delivered` how often a receiver was told something. Fails where it ends by
    itself, or does not get there."""
    counted = delivered if kill.instant is Instant.DELIVERING else store.written
    if kill.instant is Instant.STARTING:
        _wait_for_more(service, counted)
    elif kill.instant is not Instant.ANY:
        _wait_until_it_polls(service, said)
        if kill.instant is Instant.BOTH:  # a start that loses its database is given up
            _wait_for_more(service, delivered)
        for _ in range(kill.writes + 1):
            _wait_for_more(service, counted)
    if kill.instant is Instant.STOPPING:
        service.process.terminate()
    if kill.instant is Instant.BOTH:
        store.power_cut()
    # Not to wait for anything: the instant itself was drawn, and any will do.
    time.sleep(kill.secs)
    polls = STARTED in said()
    ended = service.process.poll()
    service.kill()
    asked = kill.instant is Instant.STOPPING
    assert ended is None or (asked and ended == 0), f"it ended by itself: {said()[-3000:]}"
    return polls


def _wait_until_it_polls(service: Program, said: Callable[[], str]) -> None:
    wait_for(lambda: _is_alive(service) and STARTED in said(), "a start", WAIT_SECS)


def _wait_for_more(service: Program, counted: Callable[[], int]) -> None:
    before = counted()
    wait_for(
        lambda: _is_alive(service) and counted() != before, "something more", WAIT_SECS, _LOOK_SECS
    )


def _is_alive(service: Program) -> bool:
    assert service.process.poll() is None, f"it ended by itself: {service.text()[-3000:]}"
    return True
