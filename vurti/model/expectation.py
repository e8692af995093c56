"""What an embedder announced and waits for, so that what follows is judged as its own doing."""

from enum import StrEnum

from msgspec import Struct


class Awaited(StrEnum):
    """What is announced of a VM, or, the last three, of a host."""

    START = "start"
    SHUT_DOWN = "shut_down"
    POWER_OFF = "power_off"
    REBOOT = "reboot"
    COLD_REBOOT = "cold_reboot"
    SUSPEND = "suspend"
    MIGRATE = "migrate"
    JOB = "job"
    MAINTENANCE = "maintenance"
    HOST_REBOOT = "host_reboot"
    ACTIVATE = "activate"


OF_HOSTS = frozenset({Awaited.MAINTENANCE, Awaited.HOST_REBOOT, Awaited.ACTIVATE})


class Outcome(StrEnum):
    """How it stands with an expectation."""

    OPEN = "open"
    MET = "met"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class Expectation(Struct, frozen=True, gc=False):
    """One announcement. `thing` is the VM or host; `host` where a VM is started or migrated to;
    `job` the id of a job. Times are seconds since 1970; at `expires_at` it ends by itself."""

    id: str
    kind: Awaited
    thing: str
    announced_at: float
    expires_at: float
    host: str | None = None
    job: str | None = None
    why: str = ""
    outcome: Outcome = Outcome.OPEN
    ended_at: float | None = None
    rule: str = ""
