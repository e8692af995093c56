"""What reaches a scope's sequencer from hosts, embedders, timers and the configuration."""

from enum import StrEnum
from typing import Any

from msgspec import UNSET, Struct, UnsetType

from vurti.model.decision import TimerKey
from vurti.model.expectation import Awaited
from vurti.model.facts import Cluster, VmFacts
from vurti.model.host import Host
from vurti.model.status import ExitReason, ExitStatus, PauseStatus, VmStatus
from vurti.model.vds import VdsCapabilities, VdsStatistics
from vurti.model.vm import Guest, VmDevice, VmStatistics


class Question(StrEnum):
    """What a fetcher may ask a host."""

    VMS = "vms"  # the states of all its VMs
    VM_STATISTICS = "vm_stats"
    VDS_STATISTICS = "stats"
    CAPABILITIES = "caps"
    DEVICES = "devices"  # of some VMs
    EXTERNAL_DATA = "external_data"  # the TPM and NVRAM data of a VM that ended


class Miss(StrEnum):
    """Why a question gave no answer."""

    NETWORK = "network"
    TIMEOUT = "timeout"
    NAME_RESOLUTION = "name_resolution"
    RECOVERING = "recovering"
    OVERLOADED = "overloaded"
    BAD_REPLY = "bad_reply"
    MISMATCH = "mismatch"
    DECODE = "decode"
    BUSY = "busy"  # we were, and it was not asked: that says nothing about the host


class Absence(StrEnum):
    """What it means that a complete answer does not have a VM."""

    GONE = "gone"  # the source lists ended VMs with their reason until they are destroyed
    UNEXPLAINED = "unexplained"  # a VM may just vanish, whatever ended it


class Begun(StrEnum):
    """How the run of a VM on its host began, as that host tells it."""

    BOOTED = "booted"
    MIGRATED = "migrated"
    RESTORED = "restored"


class GuestNic(Struct, frozen=True, gc=False):
    """A network interface as the guest tells it."""

    name: str
    mac: str = ""
    v4: tuple[str, ...] = ()
    v6: tuple[str, ...] = ()


class Job(Struct, frozen=True, gc=False):
    """How far a host's work on a VM is, in units of its own."""

    cur: int
    end: int


class VmReport(Struct, frozen=True, gc=False, kw_only=True):
    """What one host said of one VM. UNSET is what it did not say: a poll's decoder fills in the
    defaults of the state fields, a push's decoder leaves them unset (absent = unchanged). What the
    guest and its console say is unchanged where it is absent, also in a poll.

    `status_time` is the host's own clock in ms; clocks of different hosts are never compared.
    `rebooted` tells of something that happened, not of a state; so does `watchdog` (its action)
    where it comes without `watchdog_time`, which is in the host's own seconds. `device_hash`
    changes with the devices. `jobs` are all the host's jobs on the VM by their ids; `luns` are
    sizes in GiB.
    """

    status: VmStatus | UnsetType = UNSET
    name: str | UnsetType = UNSET
    pause_status: PauseStatus | UnsetType = UNSET
    exit_status: ExitStatus | UnsetType = UNSET
    exit_reason: ExitReason | UnsetType = UNSET
    exit_message: str | UnsetType = UNSET
    begun: Begun | UnsetType = UNSET
    status_time: int | UnsetType = UNSET
    rebooted: bool = False
    watchdog: str | UnsetType = UNSET
    watchdog_time: float | UnsetType = UNSET
    device_hash: str | UnsetType = UNSET
    guest: Guest | UnsetType = UNSET
    guest_nics: tuple[GuestNic, ...] | UnsetType = UNSET
    jobs: dict[str, Job] | UnsetType = UNSET
    luns: dict[str, int] | UnsetType = UNSET
    migration_progress: int | UnsetType = UNSET
    migration_downtime_ms: int | UnsetType = UNSET


class VmStatesAnswer(Struct, frozen=True, gc=False):
    """The states of the VMs of one host. Only where `complete` does a missing VM prove anything,
    and `absence` says what. `unreadable` names VMs that are listed but could not be understood:
    they are neither reported nor absent. `times` is each report's `status_time` where it goes on
    with every answer: apart from the reports, so that they compare."""

    vms: dict[str, VmReport]
    complete: bool = True
    absence: Absence = Absence.GONE
    unreadable: tuple[str, ...] = ()
    times: dict[str, int] = {}


class VmStatisticsAnswer(Struct, frozen=True, gc=False):
    """One sample for each VM that the host could tell about; a missing one says nothing. A source
    whose one call tells both gives the states of all its VMs along."""

    vms: dict[str, VmStatistics]
    states: VmStatesAnswer | None = None


class VdsStatisticsAnswer(Struct, frozen=True, gc=False):
    """One sample of the host itself."""

    statistics: VdsStatistics


class VdsCapabilitiesAnswer(Struct, frozen=True, gc=False):
    """What the host is made of."""

    capabilities: VdsCapabilities


class VmDevicesAnswer(Struct, frozen=True, gc=False):
    """The devices of the VMs that were asked about; one that is missing could not be told."""

    vms: dict[str, tuple[VmDevice, ...]]


class VmExternalDataAnswer(Struct, frozen=True, gc=False):
    """The TPM and NVRAM data of one VM, for whoever keeps such things: vurti keeps nothing of it
    and shows it nowhere."""

    vm: str
    tpm: bytes | None = None
    nvram: bytes | None = None

    def __repr__(self) -> str:
        return f"VmExternalDataAnswer({self.vm!r}, …)"


Answer = (
    VmStatesAnswer
    | VmStatisticsAnswer
    | VdsStatisticsAnswer
    | VdsCapabilitiesAnswer
    | VmDevicesAnswer
    | VmExternalDataAnswer
)


class Snapshot(Struct, frozen=True, gc=False):
    """One host's answer to one question. `started` is when the question left, in seconds of our
    own monotonic clock: whatever changed after it is not in the answer."""

    host: str
    started: float
    answer: Answer


class Missed(Struct, frozen=True, gc=False):
    """A question that gave no answer: a value, so that streams never die of weather. `vms` are
    those that it was about, none where it was about all or about the host."""

    host: str
    question: Question
    kind: Miss
    reason: str = ""
    started: float = 0.0
    vms: tuple[str, ...] = ()


class Push(Struct, frozen=True, gc=False):
    """What a host said by itself. Always partial: it never proves that a VM is absent.
    `notify_time` is the host's own clock in ms, None where the message carries none. `host_conn`:
    the host says that its capabilities are not what they were, and must be asked for. `absence` is
    what it means on this host that a VM is not listed."""

    host: str
    vms: dict[str, VmReport]
    notify_time: int | None = None
    host_conn: bool = False
    absence: Absence = Absence.GONE


class Tick(Struct, frozen=True, gc=False):
    """A timer that a decision had asked for came due."""

    key: TimerKey


class Expect(Struct, frozen=True, gc=False):
    """An embedder announces something; see model.Expectation. `secs` is how long it may take, None
    for the usual time; `announced_at` wall seconds, None for now. `id` must be new."""

    id: str
    kind: Awaited
    thing: str
    host: str | None = None
    job: str | None = None
    why: str = ""
    secs: float | None = None
    announced_at: float | None = None


class Cancel(Struct, frozen=True, gc=False):
    """An embedder does not wait for an expectation any more."""

    expectation: str


class Suspected(StrEnum):
    """What vurti has noticed about itself."""

    STALL = "stall"  # its own loop stood still
    CLOCK = "clock"  # its wall clock was set
    NETWORK = "network"  # most hosts fell silent at once


class Suspicion(Struct, frozen=True, gc=False):
    """We suspect ourselves. `secs`: how long we stood still, or by how much the clock stepped."""

    kind: Suspected
    secs: float


class Reload(Struct, frozen=True, gc=False):
    """These are the hosts to watch, from the start or after a change of the configuration, and what
    is known of VMs and clusters that no host tells. `rules` are those to judge by from then on, as
    the table `[rules]` has them; None where they stay."""

    hosts: tuple[Host, ...]
    vms: tuple[VmFacts, ...] = ()
    clusters: tuple[Cluster, ...] = ()
    rules: dict[str, Any] | None = None


Poll = Snapshot | Missed
