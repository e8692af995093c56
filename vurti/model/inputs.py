"""What reaches a scope's sequencer, and what the sequencer makes of it."""

from enum import StrEnum

from msgspec import UNSET, Struct, UnsetType

from vurti.model.decision import TimerKey
from vurti.model.host import Host
from vurti.model.status import ExitReason, ExitStatus, PauseStatus, VmStatus
from vurti.model.vds import VdsCapabilities, VdsStatistics
from vurti.model.vm import VmStatistics


class Question(StrEnum):
    """What a fetcher may ask a host."""

    VMS = "vms"  # the states of all its VMs
    VM_STATISTICS = "vm_stats"
    VDS_STATISTICS = "stats"
    CAPABILITIES = "caps"


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


class Absence(StrEnum):
    """What it means that a complete answer does not have a VM."""

    GONE = "gone"  # the source lists ended VMs with their reason until they are destroyed
    UNEXPLAINED = "unexplained"  # a VM may just vanish, whatever ended it


class Begun(StrEnum):
    """How the run of a VM on its host began, as that host tells it."""

    BOOTED = "booted"
    MIGRATED = "migrated"
    RESTORED = "restored"


class VmReport(Struct, frozen=True, gc=False, kw_only=True):
    """What one host said of one VM. UNSET is what it did not say: a poll's decoder fills in the
    defaults of the state fields, a push's decoder leaves them unset (absent = unchanged).

    `status_time` is the host's own clock in ms; clocks of different hosts are never compared.
    `rebooted` and `watchdog` (its action) tell of something that happened, not of a state.
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


class VmStatesAnswer(Struct, frozen=True, gc=False):
    """The states of the VMs of one host. Only where `complete` does a missing VM prove anything,
    and `absence` says what. `unreadable` names VMs that are listed but could not be understood:
    they are neither reported nor absent."""

    vms: dict[str, VmReport]
    complete: bool = True
    absence: Absence = Absence.GONE
    unreadable: tuple[str, ...] = ()


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


Answer = VmStatesAnswer | VmStatisticsAnswer | VdsStatisticsAnswer | VdsCapabilitiesAnswer


class Snapshot(Struct, frozen=True, gc=False):
    """One host's answer to one question. `started` is when the question left, in seconds of our
    own monotonic clock: whatever changed after it is not in the answer."""

    host: str
    started: float
    answer: Answer


class Missed(Struct, frozen=True, gc=False):
    """A question that gave no answer: a value, so that streams never die of weather."""

    host: str
    question: Question
    kind: Miss
    reason: str = ""
    started: float = 0.0


class Push(Struct, frozen=True, gc=False):
    """What a host said by itself. Always partial: it never proves that a VM is absent.
    `notify_time` is the host's own clock in ms, None where the message carries none. `host_conn`:
    the host says that its capabilities are not what they were, and must be asked for."""

    host: str
    vms: dict[str, VmReport]
    notify_time: int | None = None
    host_conn: bool = False


class Tick(Struct, frozen=True, gc=False):
    """A timer that a decision had asked for came due."""

    key: TimerKey


class Reload(Struct, frozen=True, gc=False):
    """These are the hosts to watch, from the start or after a change of the configuration."""

    hosts: tuple[Host, ...]


Poll = Snapshot | Missed
Input = Snapshot | Missed | Push | Tick | Reload


class Stamped(Struct, frozen=True, gc=False):
    """An input in the order of its scope. `at` is monotonic seconds, `wall` seconds since 1970;
    both are read once, so that everything decided from it agrees."""

    number: int
    at: float
    wall: float
    input: Input
