"""What the names of a diagram can stand for, once nothing is wrong with them."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from vurti.events import Event
from vurti.model import Awaited, Host, Poll, Push, Vds, Vm, VmFacts


class Announced(NamedTuple):
    """An embedder announces something of a thing; see PushAdapter.expect."""

    kind: Awaited
    thing: str
    host: str | None = None
    job: str | None = None
    secs: float | None = None


class Cancelled(NamedTuple):
    """It does not wait any more for what it announced under that name of the diagram."""

    name: str


class Restarted(NamedTuple):
    """vurti ends and starts again. `killed`: what it had not stored is lost."""

    killed: bool = False


class Stalled(NamedTuple):
    """vurti's process stands still."""

    secs: float


class ClockSet(NamedTuple):
    """The wall clock is set."""

    secs: float


NOW = 0.0
"""`started` of polls in a test is relative to when they come in: most have been asked just then."""

Given = Poll | Push | Event | Announced | Cancelled | Restarted | Stalled | ClockSet


class Value(NamedTuple):
    """What a name stands for: in the diagram of what comes in, in that of what must come out, or in
    both. `expected` are the words that are compared."""

    brief: str
    given: Given | None = None
    expected: Mapping[str, Any] | None = None
    of: str = ""
    """The kind of stream that it can come out of: events, polls or intents."""


class Known(NamedTuple):
    """What vurti knows before."""

    vdss: tuple[Vds, ...] = ()
    vms: tuple[Vm, ...] = ()
    facts: tuple[VmFacts, ...] = ()


class Check(NamedTuple):
    """One `[[test]]`, ready to be run. `where` is its file and line."""

    where: str
    why: str
    stream: str
    given: str
    told: str
    secs: float
    values: Mapping[str, Value]
    hosts: tuple[Host, ...]
    known: Known = Known()
    link: str = ""
