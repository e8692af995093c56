"""How each story of a host goes, step by step, told as those of the VMs are (see plots)."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from vurti.world.machine import Machine
from vurti.world.story import Story, StoryKind, start
from vurti.world.values import Link

if TYPE_CHECKING:
    from vurti.world.world import World

Outage = Callable[["World", Machine, Story], Iterator[float]]


def die(world: "World", machine: Machine, story: Story) -> Iterator[float]:
    """Half of its VMs are soon started elsewhere, as highly available ones are; the other half
    waits for the host to be back."""
    lost = world.lose_power(machine)
    if story.secs is None:
        return
    for place, guest in enumerate(lost):
        after = story.secs * 0.25 if place % 2 else story.secs + 1.0
        to = None if place % 2 else machine.id
        world.later(after + machine.random.uniform(0, 3), world.attempt, start(guest.id, to, 5.0))
    yield story.secs
    world.restore(machine)


def hang(world: "World", machine: Machine, story: Story) -> Iterator[float]:
    """It takes questions and keeps them."""
    world.relink(machine, Link.HANGS)
    yield from _until_well(world, machine, story)


def slow(world: "World", machine: Machine, story: Story) -> Iterator[float]:
    """All it says comes late."""
    machine.slow_secs = story.slow_secs
    yield from _until_well(world, machine, story)


def restore(world: "World", machine: Machine, story: Story) -> Iterator[float]:
    """Whatever it was is over."""
    world.restore(machine)
    yield from ()


def _until_well(world: "World", machine: Machine, story: Story) -> Iterator[float]:
    if story.secs is not None:
        yield story.secs
        world.restore(machine)


OUTAGES: dict[StoryKind, Outage] = {
    StoryKind.DIE: die,
    StoryKind.REBOOT_HOST: die,
    StoryKind.HANG: hang,
    StoryKind.SLOW: slow,
    StoryKind.RESTORE: restore,
}
