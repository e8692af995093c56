"""vdsm's words and numbers for what the world knows by name."""

from uuid import UUID, uuid5

from vurti.model.status import ExitReason, ExitStatus, VmStatus

STATUS = {
    VmStatus.DOWN: "Down",
    VmStatus.MIGRATING_TO: "Migration Destination",
    VmStatus.MIGRATING_FROM: "Migration Source",
    VmStatus.PAUSED: "Paused",
    VmStatus.POWERING_DOWN: "Powering down",
    VmStatus.POWERING_UP: "Powering up",
    VmStatus.REBOOT_IN_PROGRESS: "RebootInProgress",
    VmStatus.RESTORING_STATE: "Restoring state",
    VmStatus.SAVING_STATE: "Saving State",
    VmStatus.UP: "Up",
    VmStatus.WAIT_FOR_LAUNCH: "WaitForLaunch",
}

EXIT_CODE = {ExitStatus.NORMAL: 0, ExitStatus.ERROR: 1}

EXIT_REASON = {
    ExitReason.SUCCESS: 0,
    ExitReason.GENERIC_ERROR: 1,
    ExitReason.LOST_QEMU_CONNECTION: 2,
    ExitReason.LIBVIRT_START_FAILED: 3,
    ExitReason.MIGRATION_SUCCEEDED: 4,
    ExitReason.SAVE_STATE_SUCCEEDED: 5,
    ExitReason.ADMIN_SHUTDOWN: 6,
    ExitReason.USER_SHUTDOWN: 7,
    ExitReason.MIGRATION_FAILED: 8,
    ExitReason.LIBVIRT_DOMAIN_MISSING: 9,
    ExitReason.DESTROYED_ON_STARTUP: 10,
    ExitReason.HOST_SHUTDOWN: 11,
    ExitReason.POSTCOPY_MIGRATION_FAILED: 12,
    ExitReason.DESTROYED_ON_REBOOT: 13,
    ExitReason.DESTROYED_ON_RESUME: 14,
}

_NAMESPACE = UUID("6f0b7f0e-3f57-4b0a-9d0b-5f1b8b6f7c11")
_CLOCK_BASE = 2**31 - 1


def wire_id(seed: int | str, id: str) -> str:
    """The UUID by which hosts know a thing of the world; the same in every run with that seed."""
    return str(uuid5(_NAMESPACE, f"{seed}/{id}"))


def wire_clock(clock_ms: int) -> int:
    """Milliseconds since the host booted, as vdsm counts them."""
    return _CLOCK_BASE + clock_ms
