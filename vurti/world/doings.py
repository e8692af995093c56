"""What is done to a VM that goes on as it was: not its status changes, but what is told of it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from vurti.world.machine import Guest, Run
from vurti.world.story import Story
from vurti.world.values import DiskJob

if TYPE_CHECKING:
    from vurti.world.world import World

_JOB_SECS = 8.0


def console(world: "World", guest: Guest, story: Story) -> Iterator[float]:
    """A client connects to its console, and leaves."""
    _told(world, guest, client_ip=f"192.0.2.{guest.random.randint(1, 254)}")
    if story.secs is not None:
        yield story.secs
        _told(world, guest, client_ip="")


def plug(world: "World", guest: Guest, story: Story) -> Iterator[float]:
    """One more disk, and one less."""
    _plugged(world, guest, 1)
    if story.secs is not None:
        yield story.secs
        _plugged(world, guest, -1)


def job(world: "World", guest: Guest, story: Story) -> Iterator[float]:
    """A job on its disk, until it is done."""
    secs = _JOB_SECS if story.secs is None else story.secs
    _told(world, guest, job=DiskJob(f"{guest.id}/job-{guest.era}", world.now, secs))
    yield secs
    _told(world, guest, job=None)


def _plugged(world: "World", guest: Guest, disks: int) -> None:
    guest.disks += disks
    guest.plugs += 1
    _told(world, guest, disks=guest.disks, plugs=guest.plugs)


def _told(world: "World", guest: Guest, **changes: Any) -> None:
    run: Run | None = guest.home
    assert run is not None, f"{guest.id} is down"  # World.fits has seen to it
    world.say(run, run.listed.status, **changes)
