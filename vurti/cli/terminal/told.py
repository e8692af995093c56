"""What the API tells, as far as the terminal shows it. Statuses are texts: a newer vurti may have
others. Times of records are seconds since 1970."""

from datetime import datetime

from msgspec import Struct, field

from vurti.model.explanation import Said


class HostTold(Struct, frozen=True, gc=False):
    """A host in a snapshot."""

    id: str
    cluster: str = ""
    status: str = ""
    reason: str = "NONE"
    seq: int = 0
    observed_at: float = 0.0
    rule: str = ""


class VmTold(Struct, frozen=True, gc=False):
    """A VM in a snapshot."""

    id: str
    name: str = ""
    status: str = ""
    run_on: str | None = None
    pause_status: str = "NONE"
    exit_status: str | None = None
    seq: int = 0
    observed_at: float = 0.0
    rule: str = ""


class Snapshot(Struct, frozen=True, gc=False):
    """How all of one scope stands at one moment of its log."""

    cursor: int
    at: float
    hosts: list[HostTold]
    vms: list[VmTold]


HOST_FIELDS, VM_FIELDS = (",".join(one.__struct_fields__) for one in (HostTold, VmTold))


class EventTold(Struct, frozen=True, gc=False, kw_only=True):
    """An event, as docs/events.md describes it. `host` is who told of a VM, `run_on` who holds it
    after it; `origin` and `to` are the hosts that it went between."""

    id: str
    kind: str
    observed_at: datetime
    committed_at: datetime | None = None
    seq: int = 0
    severity: str = "normal"
    vm: str | None = None
    host: str | None = None
    name: str = ""
    cluster: str = ""
    before: str | None = None
    after: str | None = None
    run_on: str | None = None
    origin: str | None = field(default=None, name="from")
    to: str | None = None
    changed: tuple[str, ...] = ()
    pause_status: str = "NONE"
    exit_status: str | None = None
    non_operational_reason: str = "NONE"
    reason: str = ""
    rule: str = ""
    marks: tuple[str, ...] = ()
    times: int = 1
    restart: bool = False

    @property
    def thing(self) -> str:
        """The id of the VM or host that it is about."""
        return self.vm if self.vm is not None else self.host or ""

    @property
    def called(self) -> str:
        """What people call it."""
        return self.name or self.thing

    @property
    def at(self) -> float:
        """When it was decided, seconds since 1970."""
        return self.observed_at.timestamp()


class Sample(Struct, frozen=True, gc=False):
    """Latest statistics of a host or a VM. Memory in KiB."""

    cpu_percent: float | None = None
    memory_percent: float | None = None
    memory_kb: int | None = None
    memory_free_kb: int | None = None


class Maintenance(Struct, frozen=True, gc=False):
    """Why a host was taken away, and until when."""

    why: str = ""
    until: float | None = None


class Age(Struct, frozen=True, gc=False):
    """How long ago a host last answered, None where it never has, and how long it takes to."""

    id: str
    age_secs: float | None
    took_secs: float


class Ages(Struct, frozen=True, gc=False):
    """How old what is known of the hosts is, and should be; `now` is vurti's clock."""

    period_secs: float
    target_secs: float
    stale_secs: float
    p95_secs: float | None
    max_secs: float | None
    items: list[Age]
    now: float


class More(Struct, frozen=True, gc=False):
    """What else is told of a host."""

    id: str
    statistics: Sample | None = None
    maintenance: Maintenance | None = None


MORE_FIELDS = ",".join(More.__struct_fields__)


class MorePage(Struct, frozen=True, gc=False):
    """The same of some hosts."""

    items: list[More]
    next: str | None


class Awaiting(Struct, frozen=True, gc=False):
    """A timer that runs, and what it would do."""

    due: float
    would: str = ""


class Promise(Struct, frozen=True, gc=False):
    """Something announced (`why`), or to be done (`reason`)."""

    kind: str
    why: str = ""
    reason: str = ""


class Explained(Struct, frozen=True, gc=False):
    """A VM or host, why it is as it is, and its last events; oldest first."""

    id: str
    name: str = ""
    cluster: str = ""
    status: str = ""
    run_on: str | None = None
    migrating_to: str | None = None
    observed_at: float = 0.0
    heard_at: float | None = None
    rule: str = ""
    exit_message: str = ""
    statistics: Sample | None = None
    decided: Said | None = None
    accepted: list[Said] = []
    rejected: list[Said] = []
    waiting: list[Awaiting] = []
    expectations: list[Promise] = []
    intents: list[Promise] = []
    events: list[EventTold] = []
