"""What expectations and intents mean, in words: for pages and for people."""

from msgspec import Struct

from vurti.model.expectation import Awaited
from vurti.model.intent import IntentKind


class Ground(Struct, frozen=True, gc=False):
    """What an intent wants, what raises it, and what takes it back before it expires."""

    words: str
    raised: str
    withdrawn: str


AWAITED: dict[Awaited, str] = {
    Awaited.START: "to be started, on `host` where one is named",
    Awaited.SHUT_DOWN: "to shut down; a guest that runs on instead has failed it",
    Awaited.POWER_OFF: "to be powered off: for a while whatever ends it is no error",
    Awaited.REBOOT: "to reboot",
    Awaited.COLD_REBOOT: "to go down and to be started again",
    Awaited.SUSPEND: "to be suspended",
    Awaited.MIGRATE: "to be migrated to `host`",
    Awaited.JOB: "to have its `job` done",
    Awaited.MAINTENANCE: "to lose its VMs and to go into maintenance",
    Awaited.HOST_REBOOT: "to reboot",
    Awaited.ACTIVATE: "to be brought back from maintenance",
}

INTENTS: dict[IntentKind, Ground] = {
    IntentKind.DESTROY_VM: Ground(
        "destroy what is left of it on `host`",
        "its host lists it as ended, or a paused copy of it where it does not run;"
        " never for a copy that may run",
        "that copy turns out to be the one that runs",
    ),
    IntentKind.RESTART_VM: Ground(
        "start it again",
        "it is highly available and ended with an error, seen by its own host; never beside a"
        " rerun, and never because it is absent from one scope",
        "it is not Down any more, or was forgotten",
    ),
    IntentKind.RERUN_VM: Ground(
        "try its start or its migration on another host",
        "an announced start or migration failed",
        "its status or its host changed",
    ),
    IntentKind.COLD_REBOOT_VM: Ground(
        "start it again with its new configuration",
        "it went down in an announced cold reboot, or its host destroyed it to reboot it",
        "it is not Down any more, or was forgotten",
    ),
    IntentKind.REGISTER_VM: Ground(
        "make a record of it",
        "a host runs it, and no manager is known to have made it",
        "it was forgotten",
    ),
    IntentKind.MIGRATE_AWAY: Ground(
        "migrate its VMs to other hosts",
        "it may not carry VMs any more, or is to go into maintenance",
        "it is Up again, or no VM is left on it",
    ),
    IntentKind.ACTIVATE_HOST: Ground(
        "bring it back into service",
        "it can carry VMs again, as after an announced reboot",
        "it is Up, or is not watched any more",
    ),
    IntentKind.FENCE_HOST: Ground(
        "make sure that it is off",
        "it did not answer within its grace, and vurti has no reason to suspect itself",
        "it answers again, or is not watched any more",
    ),
}
