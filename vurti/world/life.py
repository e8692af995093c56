"""Chance: what befalls the things of a world by itself.

A lively world opens with every kind of story once or twice, on things that do not meet, so that
whoever looks at it for half a minute sees them all; from then on the rates rule. Each thing draws
from a random stream of its own.
"""

from collections.abc import Iterator
from itertools import cycle, zip_longest
from random import Random
from typing import TYPE_CHECKING

from msgspec.structs import asdict, replace

from vurti.model.status import PauseStatus
from vurti.world.machine import Guest, Machine
from vurti.world.options import HostRates, VmRates
from vurti.world.story import Story, StoryKind

if TYPE_CHECKING:
    from vurti.world.world import World

_FIRST_SECS = 0.5
_STEP_SECS = 0.5
_IO_ERRORS = (PauseStatus.ENOSPC, PauseStatus.EIO, PauseStatus.EPERM, PauseStatus.EOTHER)
_WATCHDOGS = ("reset", "reset", "pause", "none")
_OPENING = (
    StoryKind.SHUTDOWN, StoryKind.CRASH, StoryKind.MIGRATE, StoryKind.PAUSE, StoryKind.IO_ERROR,
    StoryKind.REBOOT, StoryKind.FAILED_MIGRATION, StoryKind.WATCHDOG, StoryKind.DESTROY,
    StoryKind.CONSOLE, StoryKind.PLUG, StoryKind.JOB,
)  # fmt: skip
_OPENING_OUTAGES = (
    (1.0, 8.0, StoryKind.HANG),
    (2.0, 15.0, StoryKind.DIE),
    (3.0, 10.0, StoryKind.SLOW),
    (4.0, 5.0, StoryKind.REBOOT_HOST),
)


def begin(world: "World") -> None:
    """Plan the opening, once all hosts are there."""
    if world.lively:
        world.later(_FIRST_SECS, _open, world)


def of_vm(world: "World", guest: Guest) -> None:
    """From the end of the opening on, chance looks at this VM again and again."""
    rates = _per_second(world.options.vm_rates, world.options.pace)
    _wait(world, guest, rates, world.options.opening_secs)


def of_host(world: "World", machine: Machine) -> None:
    """The same for a host."""
    rates = _per_second(world.options.host_rates, world.options.pace)
    _wait(world, machine, rates, world.options.opening_secs)


def _per_second(rates: VmRates | HostRates, pace: float) -> dict[StoryKind, float]:
    return {StoryKind(kind): pace * rate / 3600 for kind, rate in asdict(rates).items()}


def _wait(
    world: "World", thing: Guest | Machine, rates: dict[StoryKind, float], secs: float = 0.0
) -> None:
    total = sum(rates.values())
    if total > 0:
        after = max(secs - world.now, 0.0) + thing.random.expovariate(total)
        world.later(after, _befall, world, thing, rates)


def _befall(world: "World", thing: Guest | Machine, rates: dict[StoryKind, float]) -> None:
    kind = thing.random.choices(tuple(rates), tuple(rates.values()))[0]
    story = _story(world, thing, kind)
    if not world.lively or (isinstance(thing, Guest) and thing.busy):
        world.skip(story)
    else:
        world.attempt(story)
    _wait(world, thing, rates)


def _story(world: "World", thing: Guest | Machine, kind: StoryKind) -> Story:
    """A story of that kind with what it leaves open drawn by lot."""
    spans, random = world.options.durations, thing.random
    if isinstance(thing, Machine):
        slow_secs = random.uniform(0.5, 3.0)
        secs = random.uniform(*spans.outage)
        return Story(kind=kind, thing=thing.id, secs=secs, slow_secs=slow_secs)
    secs = random.uniform(*spans.interruption)
    error, action = random.choice(_IO_ERRORS), random.choice(_WATCHDOGS)
    return Story(kind=kind, thing=thing.id, secs=secs, pause_status=error, watchdog=action)


def _open(world: "World") -> None:
    machines = list(world.machines.values())
    Random(f"{world.seed}/opening").shuffle(machines)
    struck = machines[: max(1, min(len(_OPENING_OUTAGES), len(machines) // 4))]
    spared = machines[len(struck) :] or machines
    for machine, (when, secs, kind) in zip(cycle(struck), _OPENING_OUTAGES, strict=False):
        if machines:
            world.at(when, replace(_story(world, machine, kind), secs=secs))
    targets = list(_in_turn(spared))[: 2 * len(_OPENING)]
    for place, guest in enumerate(targets):
        kind = _OPENING[place % len(_OPENING)]
        to = _neighbour(spared, guest) if "migrat" in kind else None
        opening = replace(_story(world, guest, kind), to=to, watchdog="reset")
        world.at(1.0 + place * _STEP_SECS, opening)


def _in_turn(machines: list[Machine]) -> Iterator[Guest]:
    """One VM of each host, then another of each."""
    for row in zip_longest(*([run.guest for run in machine.living()] for machine in machines)):
        yield from (guest for guest in row if guest is not None)


def _neighbour(machines: list[Machine], guest: Guest) -> str | None:
    others = [
        machine.id for machine in machines if guest.home and machine is not guest.home.machine
    ]
    return guest.random.choice(others) if others else None
