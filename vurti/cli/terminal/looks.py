"""How each status looks, and how bad it is: glyph and word first, since colour is never the only
sign. What is not known looks like nothing that is known."""

from typing import NamedTuple

from vurti.model.status import PAUSED_BY_ERROR, ExitStatus, VdsStatus, VmStatus

STALE = "stale"
"""What was well when it was last heard of, and was not heard of since: nobody knows."""
SLOW = "slow"
"""What is well, and was not heard of as lately as it should be."""


class Look(NamedTuple):
    """The lower `rank`, the worse. `tone` names a colour of the palette."""

    rank: int
    glyph: str
    tone: str
    word: str


def _looks(rows: str, statuses: type[VdsStatus | VmStatus]) -> dict[str, Look]:
    """Read from a table: rank, glyph, tone, statuses."""
    found = {
        STALE: Look(1, "▒", "stale", STALE),
        SLOW: Look(3, "◔", "warn", SLOW),
        **{
            status: Look(int(rank), glyph, tone, status)
            for rank, glyph, tone, *many in map(str.split, rows.strip().splitlines())
            for status in many
        },
    }
    assert set(statuses) <= set(found), "a status without a look"
    return found


_HOSTS = _looks(
    """
    0 ✖ bad    NonResponsive Error
    2 ▲ bad    NonOperational InstallFailed Down
    3 ◐ warn   Connecting Kdumping
    4 ↻ moving Reboot Initializing Installing InstallingOS PreparingForMaintenance
    5 ◌ faint  Unassigned PendingApproval
    6 ◇ calm   Maintenance
    8 ● good   Up
    """,
    VdsStatus,
)
_VMS = _looks(
    """
    0 ▲ bad    NotResponding
    1 ? stale  Unknown
    2 ▲ bad    ImageIllegal
    3 ‖ warn   Paused
    4 ⇢ moving MigratingFrom MigratingTo
    4 △ moving WaitForLaunch PoweringUp RestoringState
    4 ▽ moving PoweringDown SavingState
    4 ↻ moving RebootInProgress
    5 ◌ faint  Unassigned
    6 z calm   Suspended
    6 ▫ calm   ImageLocked
    7 ○ calm   Down
    8 ● good   Up
    """,
    VmStatus,
)
PAUSED_BY_FAULT = Look(0, "∦", "bad", f"{VmStatus.PAUSED}, error")
CRASHED = Look(2, "✖", "bad", f"{VmStatus.DOWN}, error")
MOVING, RESTING, WELL = 4, 5, 8
"""Ranks: from the first on it is on its way to something else, from the second on it rests, and the
last is what is well. What is before them is in trouble."""
_STRANGE = Look(5, "·", "faint", "")


def of_host(status: str, stale: bool = False, slow: bool = False) -> Look:
    """How a host looks. One that is not well is told as it was found, however long ago."""
    if status == VdsStatus.UP and (stale or slow):
        return _HOSTS[STALE if stale else SLOW]
    return _of(_HOSTS, status)


def of_vm(status: str, stale: bool = False, pause: str = "NONE", ended: str | None = None) -> Look:
    """How a VM looks; `stale` that its host is."""
    if stale and status == VmStatus.UP:
        return _VMS[STALE]
    if status == VmStatus.PAUSED and pause in PAUSED_BY_ERROR:
        return PAUSED_BY_FAULT
    if status == VmStatus.DOWN and ended == ExitStatus.ERROR:
        return CRASHED
    return _of(_VMS, status)


def _of(looks: dict[str, Look], status: str) -> Look:
    """One that this version does not know is neither good nor bad."""
    return looks.get(status) or _STRANGE._replace(word=status)
