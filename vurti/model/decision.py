"""What `decide` gives: everything that follows from one input, as data."""

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from vurti.model.expectation import Expectation
from vurti.model.intent import Intent
from vurti.model.vds import Vds, VdsStatistics
from vurti.model.vm import Vm, VmStatistics

if TYPE_CHECKING:  # these are built from values of this file; only annotations need them here
    from vurti.events import Event
    from vurti.model.crossing import Hearsay


class TimerKey(Struct, frozen=True, gc=False):
    """Names a timer: what it is for (`grace`, `vanished` …) and of which host or VM."""

    kind: str
    thing: str


class Timer(Struct, frozen=True, gc=False):
    """Wake `decide` with a Tick at `due` (monotonic seconds); None takes the timer back."""

    key: TimerKey
    due: float | None


class Row(Struct, frozen=True, gc=False):
    """A record with its place in time. `seq` counts the events of the thing; `changed` is our
    monotonic clock at its last change (0 for one loaded at start); `observed_at` is wall time."""

    value: Vm | Vds
    seq: int = 0
    changed: float = 0.0
    observed_at: float = 0.0
    rule: str = ""
    deleted: bool = False


class Query(Struct, frozen=True, gc=False):
    """Something that `decide` wants to know now: `question` is a model.Question's text, `vms` those
    that it is about, none where it is about all or about the host. `anew`: it has to be asked after
    this; otherwise the same question will do that is under way already."""

    host: str
    question: str
    vms: tuple[str, ...] = ()
    anew: bool = True


class Statistics(Struct, frozen=True, gc=False):
    """Samples of one host and its VMs, to be kept as the latest. `heard_at` is wall time."""

    host: str
    heard_at: float
    vds: VdsStatistics | None = None
    vms: dict[str, VmStatistics] = {}


class Evidence(Struct, frozen=True, gc=False):
    """Why: the rule that spoke of a thing, and on whose word. `asked` is when the question left
    (monotonic), None for a push or where no host spoke; `rejected`: the word did not count."""

    thing: str
    rule: str
    host: str = ""
    asked: float | None = None
    rejected: bool = False
    about: str = ""


class Decision(Struct, frozen=True, gc=False):
    """All that follows from input `number`. `changes` holds one row for each thing that changed,
    as it is after the last of its events; `expectations` and `intents` are those that began or
    ended. `memory` is what the fold must remember and nobody else may read; see decide.view.
    `referrals` are words about VMs of other scopes, for those to decide. Where `crossing` is told,
    things left or came by it: the same is decided of them in another scope."""

    number: int
    at: float
    wall: float
    changes: tuple[Row, ...] = ()
    events: "tuple[Event, ...]" = ()
    expectations: tuple[Expectation, ...] = ()
    intents: tuple[Intent, ...] = ()
    queries: tuple[Query, ...] = ()
    timers: tuple[Timer, ...] = ()
    statistics: tuple[Statistics, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    memory: tuple[Any, ...] = ()
    referrals: "tuple[Hearsay, ...]" = ()
    crossing: str = ""
