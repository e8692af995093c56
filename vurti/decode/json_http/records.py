"""The records of the JSON of agents and bridges, as msgspec decodes them: only what is kept, and
each number within what a database can hold."""

from typing import Annotated

from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from vurti.decode.json_http.host_records import Count, Facts, Number, VdsSample
from vurti.model import Absence, Begun, ExitReason, ExitStatus, Miss, PauseStatus, VmStatus

_INT_MAX = 2**63 - 1
Id = Annotated[str, Meta(min_length=1, max_length=255)]
Time = Annotated[int, Meta(ge=-_INT_MAX, le=_INT_MAX)]


class Told(Struct, frozen=True, gc=False):
    """The host's record says that it could not be asked, and why."""

    kind: Miss = Miss.NETWORK
    reason: str = ""


class Document(Struct, gc=False):
    """An answer whose records are not decoded yet: of `hosts` by their ids, or of one `host`."""

    version: int
    host: Raw = Raw()
    hosts: dict[Id, Raw] | UnsetType = UNSET


class Vm(Struct, gc=False):
    """One VM as a poll lists it."""

    status: VmStatus
    name: str | UnsetType = UNSET
    pause_status: PauseStatus = PauseStatus.NONE
    exit_status: ExitStatus | UnsetType = UNSET
    exit_reason: ExitReason | UnsetType = UNSET
    exit_message: str | UnsetType = UNSET
    begun: Begun | UnsetType = UNSET
    status_time: Time | UnsetType = UNSET


class News(Struct, gc=False):
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
    watchdog: str | UnsetType = UNSET


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
