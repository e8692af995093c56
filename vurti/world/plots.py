"""How each story of a VM goes, step by step. A plot yields the seconds until its next step;
whatever interrupts its guest (the host dies, another story is told) calls the rest of it off."""

from collections.abc import Callable, Generator, Iterator
from typing import TYPE_CHECKING

from vurti.model.inputs import Begun
from vurti.model.status import ExitReason, ExitStatus, PauseStatus, VmStatus
from vurti.world.doings import console, job, plug
from vurti.world.machine import Guest, Machine, Run
from vurti.world.story import Story, StoryKind
from vurti.world.story import start as begin
from vurti.world.values import Link

if TYPE_CHECKING:
    from vurti.world.world import World

Plot = Callable[["World", Guest, Story], Iterator[float]]


def start(world: "World", guest: Guest, story: Story) -> Iterator[float]:
    """From launch to Up, on the host named or on one that can take it."""
    while (machine := _host_for(world, guest, story)) is None:
        if story.secs is None:
            world.call_off(story)
            return
        yield story.secs
    yield from _boot(world, guest, machine)


def shutdown(world: "World", guest: Guest, story: Story) -> Iterator[float]:
    """The guest powers down and says so first."""
    run = _home(guest)
    world.say(run, VmStatus.POWERING_DOWN)
    yield world.draw(guest, world.options.durations.power_down)
    world.end(run, ExitStatus.NORMAL, ExitReason.USER_SHUTDOWN)
    yield from _start_again(world, guest, story)


def destroy(world: "World", guest: Guest, story: Story) -> Iterator[float]:
    """Gone at once, on somebody's order."""
    world.end(_home(guest), ExitStatus.NORMAL, ExitReason.ADMIN_SHUTDOWN)
    yield from _start_again(world, guest, story)


def crash(world: "World", guest: Guest, story: Story) -> Iterator[float]:
    """Gone at once, by nobody's order; started again on another host where there is one."""
    run = _home(guest)
    world.end(run, ExitStatus.ERROR, ExitReason.LOST_QEMU_CONNECTION, "signal 9")
    yield from _start_again(world, guest, story, elsewhere_than=run.machine)


def pause(world: "World", guest: Guest, story: Story) -> Iterator[float]:
    """Paused, and nothing is wrong."""
    yield from _paused(world, guest, story, PauseStatus.NOERR)


def io_error(world: "World", guest: Guest, story: Story) -> Iterator[float]:
    """Paused by its disk."""
    yield from _paused(world, guest, story, story.pause_status)


def resume(world: "World", guest: Guest, story: Story) -> Iterator[float]:
    """Goes on from wherever it was paused."""
    world.say(_home(guest), VmStatus.UP, pause_status=PauseStatus.NONE)
    yield from ()


def reboot(world: "World", guest: Guest, story: Story) -> Iterator[float]:
    """Its host says when the guest goes down and when it is up again."""
    run = _home(guest)
    world.say(run, VmStatus.REBOOT_IN_PROGRESS, rebooted=True)
    yield world.draw(guest, world.options.durations.guest_reboot)
    world.say(run, VmStatus.UP)


def watchdog(world: "World", guest: Guest, story: Story) -> Iterator[float]:
    """It is told once, by notice only; what it does can be seen."""
    world.notify(_home(guest), watchdog=story.watchdog)
    if story.watchdog == "reset":
        yield from reboot(world, guest, story)
    elif story.watchdog == "pause":
        yield from _paused(world, guest, story, PauseStatus.EOTHER)


def migrate(world: "World", guest: Guest, story: Story) -> Iterator[float]:
    """Two hosts tell of it, each in its own time: either may be the first to speak."""
    source = _home(guest)
    incoming = yield from _set_out(world, guest, story)
    if incoming is None:
        return
    yield world.draw(guest, world.options.durations.migration)
    guest.home, guest.other = incoming, source
    if guest.random.random() < 0.75:
        world.say(incoming, VmStatus.UP, begun=Begun.MIGRATED)
        yield world.draw(guest, world.options.durations.last_word)
        world.end(source, ExitStatus.NORMAL, ExitReason.MIGRATION_SUCCEEDED)
    else:
        world.end(source, ExitStatus.NORMAL, ExitReason.MIGRATION_SUCCEEDED)
        yield world.draw(guest, world.options.durations.word_between_hosts)
        world.say(incoming, VmStatus.UP, begun=Begun.MIGRATED)


def failed_migration(world: "World", guest: Guest, story: Story) -> Iterator[float]:
    """The destination gives up, and the source goes on as if nothing had been."""
    source = _home(guest)
    incoming = yield from _set_out(world, guest, story)
    if incoming is None:
        return
    yield world.draw(guest, world.options.durations.migration)
    world.end(incoming, ExitStatus.ERROR, ExitReason.MIGRATION_FAILED, "the destination gave up")
    yield world.draw(guest, world.options.durations.word_between_hosts)
    world.say(source, VmStatus.UP)


def split_brain(world: "World", guest: Guest, story: Story) -> Iterator[float]:
    """A second copy comes up while the first runs on."""
    machine = _far_side(world, guest, story)
    if machine is None:
        return
    guest.other = world.place(guest, machine, VmStatus.UP, Begun.BOOTED)
    if story.secs is not None:
        yield story.secs
        world.end(guest.other, ExitStatus.NORMAL, ExitReason.ADMIN_SHUTDOWN)


def _boot(world: "World", guest: Guest, machine: Machine) -> Iterator[float]:
    guest.home = run = world.place(guest, machine, VmStatus.WAIT_FOR_LAUNCH, Begun.BOOTED)
    yield world.draw(guest, world.options.durations.launch)
    world.say(run, VmStatus.POWERING_UP)
    yield world.draw(guest, world.options.durations.boot)
    world.say(run, VmStatus.UP)


def _start_again(
    world: "World", guest: Guest, story: Story, elsewhere_than: Machine | None = None
) -> Iterator[float]:
    if story.secs is None:
        return
    yield story.secs
    machine = world.somewhere(guest, apart_from=elsewhere_than) if elsewhere_than else None
    world.played[StoryKind.START] += 1
    yield from start(world, guest, begin(guest.id, machine.id if machine else None, story.secs))


def _paused(
    world: "World", guest: Guest, story: Story, pause_status: PauseStatus
) -> Iterator[float]:
    world.say(_home(guest), VmStatus.PAUSED, pause_status=pause_status)
    if story.secs is not None:
        yield story.secs
        world.played[StoryKind.RESUME] += 1
        world.say(_home(guest), VmStatus.UP, pause_status=PauseStatus.NONE)


def _set_out(world: "World", guest: Guest, story: Story) -> Generator[float, None, Run | None]:
    """Both sides say that it is on its way. None where there is nowhere to go."""
    machine = _far_side(world, guest, story)
    if machine is None:
        return None
    gap = world.draw(guest, world.options.durations.word_between_hosts)
    source_first = guest.random.random() < 0.6
    if source_first:
        world.say(_home(guest), VmStatus.MIGRATING_FROM)
        yield gap
    guest.other = incoming = world.place(guest, machine, VmStatus.MIGRATING_TO, Begun.MIGRATED)
    if not source_first:
        yield gap
        world.say(_home(guest), VmStatus.MIGRATING_FROM)
    return incoming


def _host_for(world: "World", guest: Guest, story: Story) -> Machine | None:
    if story.to is None:
        return world.somewhere(guest)
    machine = world.host(story.to)
    return machine if machine.link is Link.ANSWERS else None


def _far_side(world: "World", guest: Guest, story: Story) -> Machine | None:
    here = _home(guest).machine
    machine = (
        _host_for(world, guest, story) if story.to else world.somewhere(guest, apart_from=here)
    )
    if machine is None or machine is here:
        world.call_off(story)
        return None
    return machine


def _home(guest: Guest) -> Run:
    assert guest.home is not None, f"{guest.id} is down"  # World.fits has seen to it
    return guest.home


PLOTS: dict[StoryKind, Plot] = {
    StoryKind.START: start,
    StoryKind.SHUTDOWN: shutdown,
    StoryKind.DESTROY: destroy,
    StoryKind.CRASH: crash,
    StoryKind.PAUSE: pause,
    StoryKind.IO_ERROR: io_error,
    StoryKind.RESUME: resume,
    StoryKind.REBOOT: reboot,
    StoryKind.WATCHDOG: watchdog,
    StoryKind.MIGRATE: migrate,
    StoryKind.FAILED_MIGRATION: failed_migration,
    StoryKind.SPLIT_BRAIN: split_brain,
    StoryKind.CONSOLE: console,
    StoryKind.PLUG: plug,
    StoryKind.JOB: job,
}

TWO_HOSTS = frozenset({StoryKind.MIGRATE, StoryKind.FAILED_MIGRATION, StoryKind.SPLIT_BRAIN})
"""Stories that need a second host, and so do not fit a VM that is on two already."""

_RUNS = frozenset(VmStatus) - {VmStatus.DOWN}
_UP = frozenset({VmStatus.UP})
FITS: dict[StoryKind, frozenset[VmStatus]] = {
    StoryKind.START: frozenset({VmStatus.DOWN}),
    StoryKind.DESTROY: _RUNS,
    StoryKind.CRASH: _RUNS,
    StoryKind.RESUME: frozenset({VmStatus.PAUSED}),
}
"""The statuses that a story can begin from; all others begin from Up."""


def fits(kind: StoryKind, guest: Guest) -> bool:
    """Whether such a story can befall the VM as it is."""
    if kind in TWO_HOSTS and guest.other is not None and not guest.moves:
        return False
    return guest.status in FITS.get(kind, _UP)
