"""The kinds of events, and how they are written in the log."""

from typing import get_args

import msgspec
from msgspec import Struct

from vurti.events.marks import Mark
from vurti.model.vds import Vds
from vurti.model.vm import Vm

Label = str | int | float | bool
"""What can be put on an event besides what it is."""


class Event(Struct, frozen=True, gc=False, kw_only=True, tag_field="kind", tag=True):
    """Something happened to one thing. `seq` counts its events; a sum has `seq_first` to `seq`.

    `passed` are the statuses between the ends, `times` how often a mark occurred, `host` who told,
    `rule` the rule that decided, `observed_at` wall seconds, `restart` that vurti was not running
    (or had forgotten) when it happened, `number` the input that it was decided from. `forced` is
    a sum that a bound forced; `passed_over` counts statuses that its `passed` had no room for, in
    its middle. `fleeting`: the thing was not there before the sum either, `before` is how it went.
    `labels` are what chains of the configuration have put on it: none where it was decided.
    """

    id: str = ""
    before: Vm | Vds | None = None
    after: Vm | Vds | None = None
    seq: int = 0
    seq_first: int = 0
    reason: str = ""
    rule: str = ""
    host: str | None = None
    observed_at: float = 0.0
    passed: tuple[str, ...] = ()
    marks: tuple[Mark, ...] = ()
    times: int = 1
    restart: bool = False
    number: int = 0
    forced: bool = False
    passed_over: int = 0
    fleeting: bool = False
    labels: tuple[tuple[str, Label], ...] = ()

    @property
    def thing(self) -> str:
        """The id of the VM or host that this is about."""
        known = self.after if self.after is not None else self.before
        if known is None:
            raise TypeError(f"{self.kind} is about nothing")
        return known.id

    @property
    def kind(self) -> str:
        """The name of the event, as logs, configuration and NDJSON show it."""
        return type(self).__name__


class VmEvent(Event, frozen=True, gc=False, kw_only=True, tag=True):
    """Something happened to a VM."""

    before: Vm | None = None
    after: Vm | None = None


class VmAdded(VmEvent, frozen=True, gc=False, kw_only=True, tag=True):
    """A VM that nobody knew was seen."""


class VmRemoved(VmEvent, frozen=True, gc=False, kw_only=True, tag=True):
    """A VM that no host lists any more was forgotten."""


class VmLeftScope(VmEvent, frozen=True, gc=False, kw_only=True, tag=True):
    """A VM goes on in another scope; `reason` names it. It is as it was."""


class VmJoinedScope(VmEvent, frozen=True, gc=False, kw_only=True, tag=True):
    """A VM comes from another scope; `reason` names it. It is as it was there."""


class VmStateChanged(VmEvent, frozen=True, gc=False, kw_only=True, tag=True):
    """Status or another part of the state of a VM changed. The seed of all VM events."""


class VmMigrated(VmEvent, frozen=True, gc=False, kw_only=True, tag=True):
    """A running VM went from one host to another, and there is evidence of the hand-over."""


class VmTakenOver(VmEvent, frozen=True, gc=False, kw_only=True, tag=True):
    """A VM was found on another host than the one recorded, without evidence of a hand-over."""


class VmRebooted(VmEvent, frozen=True, gc=False, kw_only=True, tag=True):
    """The guest of a VM started anew while the VM ran on; `times` counts a loop of it."""


class VmWatchdogFired(VmEvent, frozen=True, gc=False, kw_only=True, tag=True):
    """The watchdog of a VM fired; `reason` names what it did."""


class VmDevicesChanged(VmEvent, frozen=True, gc=False, kw_only=True, tag=True):
    """The devices of a VM are not what they were; nothing else about it changed."""


class VmAlerted(VmEvent, frozen=True, gc=False, kw_only=True, tag=True):
    """Something about a VM beyond its state is not as it should be; see its marks."""


class VmExpectationEnded(VmEvent, frozen=True, gc=False, kw_only=True, tag=True):
    """What was announced of a VM came, cannot come any more, or did not come in time."""


class VmSplitBrainDetected(VmEvent, frozen=True, gc=False, kw_only=True, tag=True):
    """The same VM runs on two hosts at once: data is in danger. `reason` names both."""


class VdsEvent(Event, frozen=True, gc=False, kw_only=True, tag=True):
    """Something happened to a host."""

    before: Vds | None = None
    after: Vds | None = None


class VdsAdded(VdsEvent, frozen=True, gc=False, kw_only=True, tag=True):
    """A host is watched from now on."""


class VdsRemoved(VdsEvent, frozen=True, gc=False, kw_only=True, tag=True):
    """A host is no longer watched."""


class VdsLeftScope(VdsEvent, frozen=True, gc=False, kw_only=True, tag=True):
    """A host goes on in another scope, with its VMs; `reason` names it. It is as it was."""


class VdsJoinedScope(VdsEvent, frozen=True, gc=False, kw_only=True, tag=True):
    """A host comes from another scope, with its VMs; `reason` names it. It is as it was there."""


class VdsStateChanged(VdsEvent, frozen=True, gc=False, kw_only=True, tag=True):
    """Status, capabilities or another part of the state of a host changed."""


class VdsAlerted(VdsEvent, frozen=True, gc=False, kw_only=True, tag=True):
    """Something about a host beyond its state is not as it should be; see its marks."""


class VdsExpectationEnded(VdsEvent, frozen=True, gc=False, kw_only=True, tag=True):
    """What was announced of a host came, cannot come any more, or did not come in time."""


class VmKnown(VmEvent, frozen=True, gc=False, kw_only=True, tag=True):
    """Not news: how a VM stands as a live stream begins. Never in the log."""


class VdsKnown(VdsEvent, frozen=True, gc=False, kw_only=True, tag=True):
    """Not news: how a host stands as a live stream begins. Never in the log."""


class Counted(Event, frozen=True, gc=False, kw_only=True, tag=True):
    """So many events came in a stretch of `secs`: what the operator `count` makes of others. It is
    about no single thing but about all whose fields are those of `by`; `others` that it is about
    what was too manifold to be told apart. Never decided, and never in the log."""

    before: None = None
    after: None = None
    count: int = 0
    secs: float = 0.0
    by: tuple[tuple[str, str], ...] = ()
    others: bool = False

    @property
    def thing(self) -> str:
        """What it is about, as `cluster=east,kind=VmMigrated`."""
        if self.others:
            return "others"
        return ",".join(f"{name}={value}" for name, value in self.by) or "all"


AnyEvent = (
    VmAdded | VmRemoved | VmLeftScope | VmJoinedScope | VmStateChanged | VmMigrated | VmTakenOver
    | VmRebooted | VmWatchdogFired | VmDevicesChanged | VmAlerted | VmExpectationEnded
    | VmSplitBrainDetected | VmKnown
    | VdsAdded | VdsRemoved | VdsLeftScope | VdsJoinedScope | VdsStateChanged | VdsAlerted
    | VdsExpectationEnded | VdsKnown | Counted
)  # fmt: skip
KINDS: dict[str, type[Event]] = {kind.__name__: kind for kind in get_args(AnyEvent)}
_decoder: msgspec.json.Decoder[AnyEvent] = msgspec.json.Decoder(AnyEvent)


def encode(event: Event) -> bytes:
    """The whole event as JSON, for the log."""
    return msgspec.json.encode(event)


def decode(body: bytes | str) -> AnyEvent:
    """What `encode` made. Raises msgspec.DecodeError for anything else."""
    return _decoder.decode(body)
