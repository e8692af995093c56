"""The stories that can befall a VM or a host, as values: one to write down, one to schedule.

`secs` is after how long the story's natural sequel comes by itself (the paused VM goes on, the
ended one is started again, the host is back); None leaves things as they are until another story.
"""

from enum import StrEnum

from msgspec import Struct

from vurti.model.status import PauseStatus


class StoryKind(StrEnum):
    """What may happen. The second half befalls hosts."""

    START = "start"
    SHUTDOWN = "shutdown"
    DESTROY = "destroy"
    CRASH = "crash"
    PAUSE = "pause"
    IO_ERROR = "io_error"
    RESUME = "resume"
    REBOOT = "reboot"
    WATCHDOG = "watchdog"
    MIGRATE = "migrate"
    FAILED_MIGRATION = "failed_migration"
    SPLIT_BRAIN = "split_brain"
    CONSOLE = "console"
    PLUG = "plug"
    JOB = "job"
    DIE = "die"
    REBOOT_HOST = "reboot_host"
    HANG = "hang"
    SLOW = "slow"
    RESTORE = "restore"


class Story(Struct, frozen=True, kw_only=True):
    """One story of one thing (a VM's id or a host's). `to` is the host that it leads to, if any."""

    kind: StoryKind
    thing: str
    secs: float | None = None
    to: str | None = None
    pause_status: PauseStatus = PauseStatus.NONE
    watchdog: str = "reset"
    slow_secs: float = 0.0


def start(vm: str, on: str | None = None, secs: float | None = None) -> Story:
    """It is started, on a host of the world's choice if none is named. Where that cannot be, it is
    tried again every `secs`, or given up."""
    return Story(kind=StoryKind.START, thing=vm, to=on, secs=secs)


def shutdown(vm: str, secs: float | None = None) -> Story:
    """Its guest shuts down."""
    return Story(kind=StoryKind.SHUTDOWN, thing=vm, secs=secs)


def destroy(vm: str, secs: float | None = None) -> Story:
    """An administrator pulls the plug."""
    return Story(kind=StoryKind.DESTROY, thing=vm, secs=secs)


def crash(vm: str, secs: float | None = None) -> Story:
    """Its QEMU dies; the sequel is a start on another host."""
    return Story(kind=StoryKind.CRASH, thing=vm, secs=secs)


def pause(vm: str, secs: float | None = None) -> Story:
    """Somebody pauses it."""
    return Story(kind=StoryKind.PAUSE, thing=vm, secs=secs)


def io_error(
    vm: str, secs: float | None = None, pause_status: PauseStatus = PauseStatus.ENOSPC
) -> Story:
    """It stops because its disk fails it."""
    return Story(kind=StoryKind.IO_ERROR, thing=vm, secs=secs, pause_status=pause_status)


def resume(vm: str) -> Story:
    """A paused one goes on, whatever it was paused for."""
    return Story(kind=StoryKind.RESUME, thing=vm)


def reboot(vm: str) -> Story:
    """Its guest starts anew while its QEMU runs on."""
    return Story(kind=StoryKind.REBOOT, thing=vm)


def watchdog(vm: str, action: str = "reset", secs: float | None = None) -> Story:
    """Its watchdog fires and acts: `reset`, `pause` or `none`."""
    return Story(kind=StoryKind.WATCHDOG, thing=vm, watchdog=action, secs=secs)


def migrate(vm: str, to: str | None = None) -> Story:
    """It goes live to another host."""
    return Story(kind=StoryKind.MIGRATE, thing=vm, to=to)


def failed_migration(vm: str, to: str | None = None) -> Story:
    """It tries to go to another host and stays."""
    return Story(kind=StoryKind.FAILED_MIGRATION, thing=vm, to=to)


def split_brain(vm: str, on: str | None = None, secs: float | None = None) -> Story:
    """It is started on a second host while it runs; the sequel ends the second copy."""
    return Story(kind=StoryKind.SPLIT_BRAIN, thing=vm, to=on, secs=secs)


def console(vm: str, secs: float | None = None) -> Story:
    """Somebody looks at its console, and leaves after `secs`."""
    return Story(kind=StoryKind.CONSOLE, thing=vm, secs=secs)


def plug(vm: str, secs: float | None = None) -> Story:
    """It gets one more disk, which is taken away again after `secs`."""
    return Story(kind=StoryKind.PLUG, thing=vm, secs=secs)


def job(vm: str, secs: float = 8.0) -> Story:
    """Its host works on a disk of it, for `secs`."""
    return Story(kind=StoryKind.JOB, thing=vm, secs=secs)


def die(host: str, secs: float | None = None) -> Story:
    """It loses power: nobody answers, its VMs are gone. It comes back freshly booted."""
    return Story(kind=StoryKind.DIE, thing=host, secs=secs)


def reboot_host(host: str, secs: float = 6.0) -> Story:
    """It reboots: what `die` does, and back after `secs`."""
    return Story(kind=StoryKind.REBOOT_HOST, thing=host, secs=secs)


def hang(host: str, secs: float | None = None) -> Story:
    """It takes questions and never answers; its VMs live on unheard."""
    return Story(kind=StoryKind.HANG, thing=host, secs=secs)


def slow(host: str, by: float, secs: float | None = None) -> Story:
    """Each of its answers takes `by` seconds longer."""
    return Story(kind=StoryKind.SLOW, thing=host, slow_secs=by, secs=secs)


def restore(host: str) -> Story:
    """It is well again, whatever it suffered from."""
    return Story(kind=StoryKind.RESTORE, thing=host)
