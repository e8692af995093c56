"""What an event is about, in one or two words: how the demo tells and counts what it shows."""

from typing import NamedTuple

from vurti.events import Event, Mark, VdsStateChanged, VmStateChanged
from vurti.model import PauseStatus, Vds, VdsStatus, Vm, VmStatus
from vurti.model.status import PAUSED_BY_ERROR, ExitStatus


class Story(NamedTuple):
    """`words` name and count it; `glyph` (and its ASCII form) and `style` show it: colour is never
    the only sign."""

    words: str
    glyph: str
    ascii: str
    style: str


APPEARED = Story("appeared", "+", "+", "green")
FORGOTTEN = Story("forgotten", "∅", "-", "dim")
STARTING = Story("starting", "△", "^", "green")
STARTED = Story("started", "▲", "A", "bold green")
ELSEWHERE = Story("started elsewhere", "▲", "A", "bold magenta")
TAKEN_OVER = Story("found elsewhere", "◇", "%", "magenta")
POWERING_DOWN = Story("shutting down", "▽", "v", "dim")
ENDED = Story("shut down", "▼", "V", "blue")
CRASHED = Story("crashed", "✖", "X", "bold red")
PAUSED = Story("paused", "‖", "=", "yellow")
IO_PAUSED = Story("paused by an error", "‖", "#", "bold red")
RESUMED = Story("resumed", "▶", ">", "green")
RECOVERED = Story("recovered", "▶", ">", "bold green")
REBOOTED = Story("guest rebooted", "↻", "@", "cyan")
REBOOTING = Story("guest starts anew", "↻", "@", "dim")
UP_AGAIN = Story("guest is up again", "↻", "@", "dim")
WATCHDOG = Story("watchdog fired", "!", "!", "bold yellow")
LEAVING = Story("migrating", "⇢", "~", "dim")
MIGRATED = Story("migrated", "⇉", "M", "bold cyan")
STAYED = Story("migration failed", "↩", "<", "bold yellow")
OTHER_SCOPE = Story("changed scope", "·", ".", "dim")
SPLIT_BRAIN = Story("split brain", "‼", "!", "bold white on red")
UNKNOWN = Story("not heard of", "?", "?", "dim")
HEARD_AGAIN = Story("heard of again", "•", ".", "dim")
CHANGED = Story("changed", "·", ".", "dim")
HOST_FOUND = Story("host is well", "◆", "*", "bold green")
HOST_UNSURE = Story("host does not answer", "◈", "o", "bold yellow")
HOST_LOST = Story("host lost", "◇", "O", "bold red")
HOST_BACK = Story("host is back", "◆", "*", "bold green")
HOST_TOLD = Story("host described", "◆", "*", "dim")
HOST_OTHER = Story("host changed", "◆", "*", "cyan")

PASSING = frozenset(
    {
        STARTING, POWERING_DOWN, REBOOTING, UP_AGAIN, LEAVING, CHANGED, HEARD_AGAIN, HOST_TOLD,
        HOST_OTHER, OTHER_SCOPE,
    }
)  # fmt: skip
"""Steps on the way of a story: shown, but not counted as one."""

FOLDED = frozenset({APPEARED, FORGOTTEN, UNKNOWN, HEARD_AGAIN, HOST_TOLD, HOST_FOUND})
"""What tends to happen to many at once, and is then one line."""

_BY_KIND = {
    "VmAdded": APPEARED,
    "VmRemoved": FORGOTTEN,
    "VmMigrated": MIGRATED,
    "VmTakenOver": TAKEN_OVER,
    "VmRebooted": REBOOTED,
    "VmWatchdogFired": WATCHDOG,
    "VmSplitBrainDetected": SPLIT_BRAIN,
    "VmLeftScope": OTHER_SCOPE,
    "VmJoinedScope": OTHER_SCOPE,
    "VdsLeftScope": OTHER_SCOPE,
    "VdsJoinedScope": OTHER_SCOPE,
    "VdsAdded": APPEARED,
    "VdsRemoved": FORGOTTEN,
}
_NEW = frozenset({VdsStatus.UNASSIGNED, VdsStatus.INITIALIZING})
_STARTS = frozenset({VmStatus.WAIT_FOR_LAUNCH, VmStatus.POWERING_UP})
_BY_STATUS = {
    VmStatus.WAIT_FOR_LAUNCH: STARTING,
    VmStatus.POWERING_UP: STARTING,
    VmStatus.POWERING_DOWN: POWERING_DOWN,
    VmStatus.REBOOT_IN_PROGRESS: REBOOTING,
    VmStatus.MIGRATING_FROM: LEAVING,
    VmStatus.MIGRATING_TO: LEAVING,
    VmStatus.UNKNOWN: UNKNOWN,
}


def story_of(event: Event) -> Story:
    """The story that an event tells, or is a step of."""
    match event:
        case VmStateChanged(before=Vm() as before, after=Vm() as after):
            return _of_vm(before, after, Mark.CRASHED in event.marks)
        case VdsStateChanged(before=Vds() as before, after=Vds() as after):
            return _of_vds(before, after)
        case _:
            return _BY_KIND.get(event.kind, CHANGED)


def _of_vm(before: Vm, after: Vm, crashed: bool) -> Story:
    match before.status, after.status:
        case past, now if past is now and not crashed:
            return CHANGED
        case _, VmStatus.DOWN:
            return CRASHED if crashed or after.exit_status is ExitStatus.ERROR else ENDED
        case _, VmStatus.PAUSED:
            return IO_PAUSED if after.pause_status in PAUSED_BY_ERROR else PAUSED
        case VmStatus.UNKNOWN, _:
            return HEARD_AGAIN
        case _, VmStatus.UP:
            return _up_again(before)
        case _, status:
            return _BY_STATUS.get(status, CHANGED)


def _up_again(before: Vm) -> Story:
    match before.status:
        case VmStatus.PAUSED if before.pause_status in PAUSED_BY_ERROR:
            return RECOVERED
        case VmStatus.PAUSED if before.pause_status is not PauseStatus.POSTCOPY:
            return RESUMED
        case VmStatus.MIGRATING_FROM:
            return STAYED
        case VmStatus.REBOOT_IN_PROGRESS:
            return UP_AGAIN
        case status if status in _STARTS or before.run_on is None:
            return STARTED
        case _:
            return CHANGED


def _of_vds(before: Vds, after: Vds) -> Story:
    match before.status, after.status:
        case past, now if past is now:
            return HOST_TOLD
        case past, VdsStatus.UP:
            return HOST_FOUND if past in _NEW else HOST_BACK
        case _, VdsStatus.CONNECTING:
            return HOST_UNSURE
        case _, VdsStatus.NON_RESPONSIVE:
            return HOST_LOST
        case _:
            return HOST_OTHER
