"""When has come what was announced, and when can it not come any more?"""

from collections.abc import Callable

from vurti.decide.promises.of_hosts import outcome_of_host
from vurti.model import OF_HOSTS, Awaited, Expectation, Outcome, Vds, Vm, VmStatus
from vurti.model.status import NOT_RUNNING, RUNNING

EXPECTATION = "expectation"
"""The kind of the timer that ends one."""

_ALIVE = RUNNING | {VmStatus.PAUSED, VmStatus.NOT_RESPONDING}


def outcome(
    expectation: Expectation, before: Vm | Vds | None, after: Vm | Vds | None
) -> Outcome | None:
    """What a change means for it; None where it is still to come. `before` and `after` may be the
    same: then it is asked whether it has come already."""
    if expectation.kind in OF_HOSTS:
        return outcome_of_host(expectation.kind, before, after)
    if isinstance(after, Vds) or isinstance(before, Vds):
        return None
    rule = _OF_VMS.get(expectation.kind)
    return rule(expectation, before, after) if rule is not None else None


def replaces(new: Expectation, past: Expectation) -> bool:
    """The same announced again; and a new start ends the window of a power-off (13.5)."""
    if new.thing != past.thing or new.id == past.id:
        return False
    if new.kind is Awaited.JOB:
        return past.kind is Awaited.JOB and new.job == past.job
    return new.kind is past.kind or (new.kind, past.kind) == (Awaited.START, Awaited.POWER_OFF)


def _started(expectation: Expectation, before: Vm | None, after: Vm | None) -> Outcome | None:
    """A start waits through launch and powering up; a pause ends the waiting (7.2)."""
    if after is None or after.status is VmStatus.UNKNOWN:
        return Outcome.FAILED
    if after.status is VmStatus.UP:
        return Outcome.MET
    ended = after.status in NOT_RUNNING and before is not None and before.run_on is not None
    return Outcome.FAILED if ended or _newly(VmStatus.PAUSED, before, after) else None


def _migrated(expectation: Expectation, before: Vm | None, after: Vm | None) -> Outcome | None:
    """It has come once the destination runs it, and failed once the source goes on with it."""
    if after is None or after.run_on is None:
        return Outcome.FAILED
    moved = before is not None and before.run_on not in (None, after.run_on)
    if moved and expectation.host not in (None, after.run_on):
        return Outcome.FAILED
    if after.status is VmStatus.UNKNOWN:
        return None if moved else Outcome.FAILED
    if moved or after.run_on == expectation.host:
        return Outcome.MET if after.status in _ALIVE - {VmStatus.MIGRATING_TO} else None
    if _newly(VmStatus.PAUSED, before, after):
        return Outcome.FAILED
    left = before is not None and before.status is VmStatus.MIGRATING_FROM
    stays = after.status in RUNNING and after.status is not VmStatus.MIGRATING_FROM
    return Outcome.FAILED if left and stays else None


def _shut_down(expectation: Expectation, before: Vm | None, after: Vm | None) -> Outcome | None:
    """A guest that was asked to power down may go on instead."""
    if after is None or after.status in NOT_RUNNING:
        return Outcome.MET
    going = before is not None and before.status is VmStatus.POWERING_DOWN
    return Outcome.FAILED if going and after.status is VmStatus.UP else None


def _off(expectation: Expectation, before: Vm | None, after: Vm | None) -> Outcome | None:
    return Outcome.MET if after is None or after.status in NOT_RUNNING else None


def _rebooted(expectation: Expectation, before: Vm | None, after: Vm | None) -> Outcome | None:
    if after is None or after.status in NOT_RUNNING:
        return Outcome.FAILED
    rebooting = before is not None and before.status is VmStatus.REBOOT_IN_PROGRESS
    began = rebooting and after.status is not VmStatus.REBOOT_IN_PROGRESS
    anew = before is not None and before.boot_time != after.boot_time
    return Outcome.MET if began or anew else None


def _suspended(expectation: Expectation, before: Vm | None, after: Vm | None) -> Outcome | None:
    if after is not None and after.status is VmStatus.SUSPENDED:
        return Outcome.MET
    if after is None or after.status in NOT_RUNNING:
        return Outcome.FAILED
    saving = before is not None and before.status is VmStatus.SAVING_STATE
    return Outcome.FAILED if saving and after.status in _ALIVE else None


def _done(expectation: Expectation, before: Vm | None, after: Vm | None) -> Outcome | None:
    """A job ends with the run of its VM; that its host lists it no more is told elsewhere (8.8)."""
    return Outcome.FAILED if after is None or after.status in NOT_RUNNING else None


def _newly(status: VmStatus, before: Vm | None, after: Vm) -> bool:
    return after.status is status and (before is None or before.status is not status)


_OF_VMS: dict[Awaited, Callable[[Expectation, Vm | None, Vm | None], Outcome | None]] = {
    Awaited.START: _started,
    Awaited.MIGRATE: _migrated,
    Awaited.SHUT_DOWN: _shut_down,
    Awaited.POWER_OFF: _off,
    Awaited.COLD_REBOOT: _off,
    Awaited.REBOOT: _rebooted,
    Awaited.SUSPEND: _suspended,
    Awaited.JOB: _done,
}
