"""What is remembered beside the records, and the memos by which a decision says so."""

from msgspec import Struct

from vurti.decide.rules import Rules
from vurti.events import Mark
from vurti.model import (
    Begun,
    Cluster,
    Expectation,
    Host,
    Intent,
    Job,
    VdsStatistics,
    VmFacts,
    VmReport,
    VmStatistics,
)


class Birth(Struct, frozen=True, gc=False):
    """One start of vurti over one scope; it makes the ids of events unique over restarts."""

    scope: str = "system"
    epoch: int = 0
    nonce: str = "0"

    def event_id(self, thing: str, seq: int) -> str:
        return f"{self.scope}.{self.epoch}.{self.nonce}.{thing}.{seq}"


class Claim(Struct, frozen=True, gc=False):
    """A host says that it runs a VM that is recorded on another. `at` is when it last said so;
    `denied_at` when the recorded host, asked after that, said that it runs it too."""

    host: str
    at: float
    begun: Begun | None
    report: VmReport
    denied_at: float | None = None


class Held(Struct, frozen=True, gc=False):
    """A VM has ended and is not closed yet: its TPM and NVRAM data are asked for first. `tries` are
    the questions that failed."""

    host: str
    report: VmReport
    tries: int = 0


class VmMemory(Struct, frozen=True, gc=False):
    """What is remembered of one VM beyond its record. Lost at a restart, found again by asking.

    `incoming` is a host that receives it by migration; `receives` that its recorded host says this
    of itself, so that another must hold it; `vanished_at` when its host's complete
    answer first lacked it unexplained; `left_at` when its host said that it was migrated away, but
    not where to; `reboots` the guest reboots since the one that was told at `reboot_told_at`;
    `held` how it ended, while that is not concluded yet.
    """

    incoming: str | None = None
    receives: bool = False
    claims: tuple[Claim, ...] = ()
    split: bool = False
    vanished_at: float | None = None
    left_at: float | None = None
    reboots: int = 0
    reboot_told_at: float | None = None
    held: Held | None = None


NOTHING = VmMemory()


class VdsMemory(Struct, frozen=True, gc=False):
    """What is remembered of one host beyond its record.

    `last_ok` is when it last answered anything, `failures` the failed questions since;
    `capable_at` when it told its capabilities since it was last not Up; `listed` the VMs of its
    last complete answer and `listed_at` when that was asked for (None: not since vurti started);
    `settled` that it named just the VMs recorded there, and said nothing new of any. Of `listed`,
    `rejected` were too old to count, and `times` is the host's own clock then, for each VM of which
    it has not been told otherwise since (it was not away).
    """

    last_ok: float | None = None
    failures: int = 0
    capable_at: float | None = None
    listed: dict[str, VmReport] = {}
    listed_at: float | None = None
    settled: bool = False
    rejected: frozenset[str] = frozenset()
    times: dict[str, int] = {}


UNHEARD = VdsMemory()


class VdsLook(Struct, frozen=True, gc=False):
    """What is remembered of one host that does not change with every answer.

    `sample` is its last one, with what was concluded, at `sampled_wall`; `capabilities_at` when it
    told what it is made of, None where it has not since vurti started; `failed_at` when a question
    was last missed; `nic_down_at` since when an interface under a required network is down;
    `emptied_at` when it was last to be emptied; `clock` the latest of its own clock in ms that a
    push told. `rechecking`: it is NonOperational and is tried again. `rebooted`: it was booted
    anew, and has not listed its VMs since. `missed_since_lost` are the questions that were missed
    since it is NonResponsive.
    """

    sample: VdsStatistics | None = None
    sampled_wall: float | None = None
    capabilities_at: float | None = None
    failed_at: float | None = None
    nic_down_at: float | None = None
    emptied_at: float | None = None
    clock: int | None = None
    rechecking: bool = False
    rebooted: bool = False
    missed_since_lost: int = 0


NOT_LOOKED = VdsLook()


class LookMemo(Struct, frozen=True, gc=False):
    """From now on this is remembered of the host."""

    host: str
    look: VdsLook


class SuspicionMemo(Struct, frozen=True, gc=False):
    """vurti suspects itself: nobody is judged before `quiet_until`, questions that left before
    `stalled_until` were not missed by the hosts, and the wall clock was set by `stepped_secs`."""

    quiet_until: float
    stalled_until: float
    stepped_secs: float


class VmMemo(Struct, frozen=True, gc=False):
    """From now on this is remembered of the VM."""

    vm: str
    memory: VmMemory


class VdsMemo(Struct, frozen=True, gc=False):
    """From now on this is remembered of the host."""

    host: str
    memory: VdsMemory


class HostClockMemo(Struct, frozen=True, gc=False):
    """The host last heard of a VM, and that host's own clock then (10.4)."""

    vm: str
    host: str
    time: int


class HostClockForgotten(Struct, frozen=True, gc=False):
    """The host was away: its clock may have begun anew, past words bind it no more (10.5). `times`
    it did so by now, where another scope says so."""

    host: str
    times: int | None = None


class SampleMemo(Struct, frozen=True, gc=False):
    """The last sample of a VM and when it was asked for, to turn counters into rates."""

    vm: str
    at: float
    sample: VmStatistics


class SamplesMemo(Struct, frozen=True, gc=False):
    """The last samples of these VMs."""

    samples: dict[str, SampleMemo]


class DevicesMemo(Struct, frozen=True, gc=False):
    """The devices of a VM were asked for because of this hash, by a report asked for at `at`."""

    vm: str
    hash: str
    at: float


class BalloonMemo(Struct, frozen=True, gc=False):
    """The balloon of a VM at its last sample, and how many bad ones came in a row (8.5)."""

    vm: str
    current_kb: int
    stuck: int = 0
    uncontrolled: int = 0


class JobsMemo(Struct, frozen=True, gc=False):
    """How far the announced jobs of a VM are."""

    vm: str
    jobs: dict[str, Job]


class ToldMemo(Struct, frozen=True, gc=False):
    """A mark of a thing was told: not again before `until` (monotonic). `key` tells apart what one
    thing has several of, such as interfaces."""

    thing: str
    mark: Mark
    key: str
    until: float


class SeqMemo(Struct, frozen=True, gc=False):
    """An event of something that has no record had this sequence."""

    thing: str
    seq: int


class ExpectationMemo(Struct, frozen=True, gc=False):
    """An expectation is open until `due` (monotonic), or has ended."""

    expectation: Expectation
    due: float


class IntentMemo(Struct, frozen=True, gc=False):
    """An intent is open, or has ended."""

    intent: Intent


class RulesMemo(Struct, frozen=True, gc=False):
    """From now on these are the rules."""

    rules: Rules


class WatchedMemo(Struct, frozen=True, gc=False):
    """These hosts are watched from now on, and this is known that no host tells."""

    hosts: dict[str, Host]
    facts: dict[str, VmFacts]
    clusters: dict[str, Cluster]
