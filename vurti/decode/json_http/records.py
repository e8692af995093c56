"""The records of the JSON of agents and bridges, as msgspec decodes them: only what is kept, and
each number within what a database can hold."""

from typing import Annotated

from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from vurti.decode.json_http.host_records import Count, Facts, Number, VdsSample
from vurti.model import (
    Absence,
    Begun,
    ExitReason,
    ExitStatus,
    Guest,
    GuestNic,
    Miss,
    PauseStatus,
    VmStatus,
)

_INT_MAX = 2**63 - 1
Id = Annotated[str, Meta(min_length=1, max_length=255)]
Percent = Annotated[int, Meta(ge=0, le=100)]
Time = Annotated[int, Meta(ge=-_INT_MAX, le=_INT_MAX)]


class Told(Struct, frozen=True, gc=False):
    """The host's record says that it could not be asked, and why."""

    kind: Miss = Miss.NETWORK
    reason: str = ""


class Progress(Struct, frozen=True, gc=False):
    """How far a job on a VM is."""

    cur: Count
    end: Count


class Document(Struct, gc=False):
    """An answer whose records are not decoded yet: of `hosts` by their ids, or of one `host`."""

    version: int
    host: Raw = Raw()
    hosts: dict[Id, Raw] | UnsetType = UNSET


class Besides(Struct, gc=False, kw_only=True):
    """What else may be told of a VM, by polls and pushes alike: absent is unchanged."""

    watchdog: str | UnsetType = UNSET
    watchdog_time: Number | UnsetType = UNSET
    device_hash: str | UnsetType = UNSET
    guest: Guest | UnsetType = UNSET
    guest_nics: tuple[GuestNic, ...] | UnsetType = UNSET
    jobs: dict[Id, Progress] | UnsetType = UNSET
    luns: dict[Id, Count] | UnsetType = UNSET
    migration_progress: Percent | UnsetType = UNSET
    migration_downtime_ms: Count | UnsetType = UNSET


class Vm(Besides, gc=False, kw_only=True):
    """One VM as a poll lists it."""

    status: VmStatus
    name: str | UnsetType = UNSET
    pause_status: PauseStatus = PauseStatus.NONE
    exit_status: ExitStatus | UnsetType = UNSET
    exit_reason: ExitReason | UnsetType = UNSET
    exit_message: str | UnsetType = UNSET
    begun: Begun | UnsetType = UNSET
    status_time: Time | UnsetType = UNSET


class News(Besides, gc=False, kw_only=True):
    """What a push says of one VM: absent is unchanged."""

    status: VmStatus | UnsetType = UNSET
    name: str | UnsetType = UNSET
    pause_status: PauseStatus | UnsetType = UNSET
    exit_status: ExitStatus | UnsetType = UNSET
    exit_reason: ExitReason | UnsetType = UNSET
    exit_message: str | UnsetType = UNSET
    begun: Begun | UnsetType = UNSET
    status_time: Time | UnsetType = UNSET
    rebooted: bool = False


class BalloonSample(Struct, frozen=True, gc=False):
    """A balloon, in KiB; all four or none."""

    current_kb: Count
    max_kb: Count
    target_kb: Count
    min_kb: Count


class VmSample(Struct, gc=False):
    """One sample of a VM; null is not told."""

    cpu_percent: Number | None = None
    cpu_time_ns: Count | None = None
    vcpus: Count | None = None
    memory_kb: Count | None = None
    memory_max_kb: Count | None = None
    rss_kb: Count | None = None
    disk_read_bytes: Count | None = None
    disk_write_bytes: Count | None = None
    net_rx_bytes: Count | None = None
    net_tx_bytes: Count | None = None
    cpu_user_percent: Number | None = None
    cpu_sys_percent: Number | None = None
    memory_percent: Number | None = None
    balloon: BalloonSample | None = None
    migration_progress: Percent | None = None
    migration_downtime_ms: Count | None = None


class Sampled(Struct, gc=False):
    """What is read of a VM where only its sample is asked for."""

    statistics: VmSample | None = None


class States(Struct, gc=False):
    """What a record says of VMs. Each is decoded by itself, so that a bad one spares the others."""

    vms: dict[Id, Raw] | UnsetType = UNSET
    complete: bool = False
    absence: Absence = Absence.UNEXPLAINED
    missed: Told | None = None


class AllGood(Struct, gc=False):
    """The same where nothing is wrong with any VM, which is nearly always: decoded at once."""

    vms: dict[Id, Vm]
    complete: bool = False
    absence: Absence = Absence.UNEXPLAINED
    missed: Told | None = None


class AllSampled(Struct, gc=False):
    """The same where only samples are asked for, and nothing is wrong with any."""

    vms: dict[Id, Sampled] | UnsetType = UNSET
    complete: bool = False
    absence: Absence = Absence.UNEXPLAINED
    missed: Told | None = None


class Samples(Struct, gc=False):
    """What a record says of the host itself."""

    statistics: VdsSample = VdsSample()
    missed: Told | None = None


class Capabilities(Struct, gc=False):
    """What a record says of what the host is made of."""

    capabilities: Facts = Facts()
    missed: Told | None = None


class Line(Struct, gc=False):
    """A push: one line of the stream."""

    vms: dict[Id, Raw]
    host: Id | None = None
    notify_time: Time | None = None
    absence: Absence = Absence.UNEXPLAINED
