"""When has come what was announced of a host, and while what do intents about hosts stand?"""

from vurti.model import Awaited, IntentKind, Outcome, Vds, VdsStatus, Vm

S = VdsStatus

_MET = {Awaited.MAINTENANCE: S.MAINTENANCE, Awaited.ACTIVATE: S.UP}
_AGAINST = {
    Awaited.MAINTENANCE: frozenset({S.NON_RESPONSIVE, S.UNASSIGNED, S.UP, S.REBOOT}),
    Awaited.ACTIVATE: frozenset(
        {S.NON_OPERATIONAL, S.NON_RESPONSIVE, S.PREPARING_FOR_MAINTENANCE, S.MAINTENANCE, S.REBOOT}
    ),
    Awaited.HOST_REBOOT: frozenset({S.NON_RESPONSIVE}),
}
GROUND = {
    IntentKind.FENCE_HOST: frozenset({S.NON_RESPONSIVE}),
    IntentKind.ACTIVATE_HOST: frozenset({S.NON_OPERATIONAL}),
    IntentKind.MIGRATE_AWAY: frozenset({S.NON_OPERATIONAL, S.PREPARING_FOR_MAINTENANCE}),
}
"""An intent about a host stands only while the host is in one of these."""


def outcome_of_host(
    kind: Awaited, before: Vds | Vm | None, after: Vds | Vm | None
) -> Outcome | None:
    """What a change of the host means for it; None where it is still to come."""
    if not isinstance(after, Vds):
        return Outcome.FAILED
    if after.status is _MET.get(kind):
        return Outcome.MET
    if not isinstance(before, Vds):
        return None
    if kind is Awaited.HOST_REBOOT and _rebooted(before, after):
        return Outcome.MET
    newly = after.status is not before.status
    return Outcome.FAILED if newly and after.status in _AGAINST[kind] else None


def _rebooted(before: Vds, after: Vds) -> bool:
    """It was booted anew, or it came back where that cannot be told."""
    came_back = before.status is S.REBOOT and after.status is S.UNASSIGNED
    return came_back or (before.boot_time is not None and before.boot_time != after.boot_time)
