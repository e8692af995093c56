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
        "that host lists it as ended (7.3, 7.6) or holds a paused copy of it and is not its host"
        " (7.4), or it ended while it migrated there; not where hosts keep definitions",
        "that host lists it no more, or says that it is alive, or is found to be its host",
    ),
    IntentKind.RESTART_VM: Ground(
        "start it again",
        "it is highly available and ended with an error, or was so when vurti started (13.1),"
        " never beside a rerun (13.3); or it has a storage lease, is Unknown, and its host missed"
        " ten questions since it became NonResponsive (13.4)",
        "it changes and is not Down, or is forgotten",
    ),
    IntentKind.RERUN_VM: Ground(
        "try its start or its migration on another host",
        "its start or migration was announced, and it ended with an error or stays at its source"
        " (9.5)",
        "its status or its host changed",
    ),
    IntentKind.COLD_REBOOT_VM: Ground(
        "start it again with its new configuration",
        "it went down in an announced cold reboot, or its host destroyed it to reboot it (13.2)",
        "it is not Down any more, or is forgotten",
    ),
    IntentKind.REGISTER_VM: Ground(
        "make a record of it",
        "a host runs it, and no manager is known to know it (7.6)",
        "a manager knows it (`[vms.ID]`), or it is forgotten",
    ),
    IntentKind.MIGRATE_AWAY: Ground(
        "migrate its VMs to other hosts, as its cluster's `migrate_on_error` has it",
        "it became NonOperational with VMs on it, or is to go into maintenance (R9)",
        "it is neither any more",
    ),
    IntentKind.ACTIVATE_HOST: Ground(
        "bring it back into service",
        "it is NonOperational, and the reason seems to be gone (R17)",
        "it is not NonOperational any more",
    ),
    IntentKind.FENCE_HOST: Ground(
        "make sure that it is off",
        "it became NonResponsive, its cluster wants fencing and answers otherwise, and vurti does"
        " not suspect itself (3.A)",
        "it is not NonResponsive any more, or vurti comes to suspect itself",
    ),
}
