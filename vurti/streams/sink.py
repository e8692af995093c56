"""What a sink is: a way out for committed events, as it declares itself. See docs/sinks.md."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from msgspec import Struct
from pydantic import BaseModel, ConfigDict, Field


class Item(Struct, frozen=True):
    """One thing to be told. `line` is its NDJSON (docs/events.md) without the newline; `subject`
    is what it is about, as "vm/ID", "host/ID" or "log"; `cursor` its place in the log of `scope`.
    `observed_at` and `committed_at` are wall seconds. `id` never stands for two contents."""

    id: str
    kind: str
    subject: str
    scope: str
    stream: str
    cursor: int
    observed_at: float
    committed_at: float
    line: str


class Taken(Struct, frozen=True):
    """The receiver has it, for good."""


class Later(Struct, frozen=True):
    """Not now; the same is told again. `after_secs` is how long the receiver wants to be left
    alone, None where it does not say."""

    reason: str
    after_secs: float | None = None


class Unreadable(Struct, frozen=True):
    """The receiver is well and will never take this: something in it is bad. Of several items the
    bad ones are then looked for, and those alone become dead letters."""

    reason: str


class Over(Struct, frozen=True):
    """There is nobody to be told any more, as where a pipe is closed: the sink ends."""

    reason: str


Outcome = Taken | Later | Unreadable | Over


class Sink(Protocol):
    """One receiver. `send` is called in a thread of its own, one call at a time, so it may block:
    it harms nobody else. What it raises counts as Later."""

    def send(self, items: Sequence[Item]) -> Outcome:
        """Tell these, in this order, all or as good as none: where it is not Taken they come again,
        and the receiver finds those that it has by their ids."""

    def abort(self) -> None:
        """Let a `send` that is under way fail soon. Called from another thread, and not only while
        one is under way."""

    def close(self) -> None:
        """Nothing more is told. Called in the thread of `send`."""


class SinkSettings(BaseModel):
    """What can be said of every sink, in its table `[sinks.NAME]`."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    kind: str
    """What kind of sink it is."""

    source: str = Field(alias="from")
    """What it tells: `hosts`, `vms`, `events` for both, `intents`, or a stream of `[streams]`."""

    start: Literal["now", "oldest", "snapshot"] = "now"
    """Where it begins when it is new: with what comes from now on, with all that the log has, or
    with how everything stands (VdsKnown, VmKnown) and what comes then."""

    on_gap: Literal["snapshot", "skip"] = "snapshot"
    """What it tells behind the notice that the log has forgotten what it had not told yet."""

    batch_max: int = Field(100, ge=1, le=10_000)
    """So many at once at most."""

    batch_bytes_max: int = Field(1_000_000, ge=1024)
    """And not more than so many bytes of NDJSON, unless a single one is longer."""

    batch_secs: float = Field(0.0, ge=0, le=60)
    """So long it waits for more of them."""

    timeout_secs: float = Field(10.0, gt=0, le=600)
    """So long may one attempt take."""

    retry_secs: float = Field(1.0, gt=0)
    """So long it waits before it tries again; it doubles with each further attempt."""

    retry_secs_max: float = Field(300.0, gt=0)
    """The longest wait between two attempts, whatever the receiver asks for."""

    dead_letters_max: int = Field(1000, ge=1)
    """So many events that the receiver cannot read are kept; beyond that the oldest go."""

    @property
    def items_max(self) -> int:
        """So many are handed to it at once at most."""
        return self.batch_max


@dataclass(frozen=True)
class SinkKind:
    """A kind of sink, by the entry point group `vurti.sinks`. `settings` is the model of its table,
    a SinkSettings with more fields; `open(name, settings)` makes one sink, which connects when it
    is first used: it raises VurtiError where it can never work."""

    name: str
    settings: type[SinkSettings]
    open: Callable[[str, Any], Sink]
