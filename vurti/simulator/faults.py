"""What can be wrong with a host on the wire, beside what befalls it in the world."""

from enum import StrEnum
from random import Random
from typing import NamedTuple

from msgspec import Struct

from vurti.errors import VurtiError


class SimulatorError(VurtiError):
    """A simulation that cannot be: what is wrong and the way out."""


class FaultKind(StrEnum):
    """The kinds of faults. What `by` means stands beside each that uses it."""

    SLOW = "slow"  # by: seconds that each answer takes longer
    HANG = "hang"  # the daemon stands still: connections are taken, nothing is read or said
    MUTE = "mute"  # questions are taken and never answered, while heart-beats and events go on
    REFUSE = "refuse"  # no connection; those that there are get reset
    RESET = "reset"  # by: share of answers that break off in mid-frame by a reset
    TRUNCATED = "truncated"  # by: share of answers that end early by an orderly close
    GARBAGE = "garbage"  # by: share of answers that are bytes without meaning instead of a frame
    NONSENSE = "nonsense"  # by: share of answers whose frame is well and whose content is not
    HUGE = "huge"  # by: bytes of blanks that each answer is longer
    RECOVERING = "recovering"  # code 99 for every call, and no events
    OVERLOADED = "overloaded"  # by: share of calls answered with code 1100
    UNEXPECTED = "unexpected"  # by: share of calls answered with code 16
    CLOCK_BACK = "clock_back"  # by: seconds that its clock goes back, with no reboot
    FLOOD = "flood"  # by: events a second that repeat what is known
    LOST = "lost"  # by: share of events that are never sent
    CLAIM = "claim"  # by: VMs of other hosts that it says to run itself
    STUCK = "stuck"  # the monitor of none of its VMs answers
    HOSTILE = "hostile"  # guests choose names that no terminal and no XML should see


BY = {
    FaultKind.SLOW: 2.0,
    FaultKind.RESET: 1.0,
    FaultKind.TRUNCATED: 1.0,
    FaultKind.GARBAGE: 1.0,
    FaultKind.NONSENSE: 1.0,
    FaultKind.HUGE: 20e6,
    FaultKind.OVERLOADED: 1.0,
    FaultKind.UNEXPECTED: 1.0,
    FaultKind.CLOCK_BACK: 3600.0,
    FaultKind.FLOOD: 200.0,
    FaultKind.LOST: 1.0,
    FaultKind.CLAIM: 1.0,
}
"""What `by` is where nothing is said."""

HOSTILE_NAME = "\x1b]0;owned\x07\x1b[2J\u202egpj.exe'; drop table vms; --<b>\x00"


class Fault(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A fault for the hosts named, or for a share of all (0 to 1); both empty means all hosts.

    It lasts until it is mended, or `secs`.
    """

    kind: FaultKind
    hosts: tuple[str, ...] = ()
    share: float | None = None
    by: float | None = None
    secs: float | None = None

    @property
    def amount(self) -> float:
        """`by`, or what it is where nothing is said."""
        return self.by if self.by is not None else BY.get(self.kind, 0.0)

    def among(self, hosts: list[str], random: Random) -> list[str]:
        """The hosts that it strikes. Raises SimulatorError for what there is not."""
        unknown = [host for host in self.hosts if host not in hosts]
        if unknown:
            raise SimulatorError(f"no host {unknown[0]!r}: there are {hosts[0]} … {hosts[-1]}")
        if self.share is not None and not 0 <= self.share <= 1:
            raise SimulatorError(f"a share is between 0 and 1, not {self.share:g}")
        if self.by is not None and self.by < 0:
            raise SimulatorError(f"`by` is not negative, and this is {self.by:g}")
        chosen = list(self.hosts) or hosts
        if self.share is None:
            return chosen
        return sorted(random.sample(chosen, round(self.share * len(chosen))), key=hosts.index)


def parse_fault(text: str) -> Fault:
    """A fault as it is written on the command line: `KIND[:NAME=VALUE,…]`, hosts joined by `+`.

    Raises SimulatorError: what is wrong with the text.
    """
    kind, _, rest = text.partition(":")
    pairs = [one.partition("=")[::2] for one in rest.split(",") if one]
    given = dict(pairs)
    strange = set(given) - {"hosts", "share", "by", "secs"}
    if kind not in set(FaultKind):
        raise SimulatorError(f"no fault {kind!r}: there are {', '.join(FaultKind)}")
    if strange:
        raise SimulatorError(f"{text!r}: a fault has hosts, share, by, secs; not {min(strange)!r}")
    try:
        numbers = {name: float(given[name]) for name in ("share", "by", "secs") if name in given}
    except ValueError as error:
        raise SimulatorError(f"{text!r}: share, by and secs are numbers") from error
    hosts = tuple(given.get("hosts", "").split("+")) if given.get("hosts") else ()
    return Fault(kind=FaultKind(kind), hosts=hosts, **numbers)


class Wire(NamedTuple):
    """What goes out instead of a frame, and how the connection ends after it, if it does."""

    data: bytes
    then: str = ""  # "", "close" or "reset"


class Faults:
    """The faults of one host just now, by kind, each with its `by`."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self.on: dict[FaultKind, float] = {}

    def has(self, kind: FaultKind) -> bool:
        """Whether it has that fault."""
        return kind in self.on

    def by(self, kind: FaultKind) -> float:
        """How much of it; 0 where it has not that fault."""
        return self.on.get(kind, 0.0)

    def told(self) -> dict[str, float]:
        """What it has, to be shown."""
        return {kind.value: amount for kind, amount in self.on.items()}

    def strikes(self, kind: FaultKind) -> bool:
        """Whether a fault that strikes by chance strikes now."""
        chance = self.on.get(kind)
        return chance is not None and self._random.random() < chance

    def content(self, body: bytes) -> bytes:
        """What an answer contains, with what its faults make of it."""
        if not self.on:
            return body
        if self.strikes(FaultKind.NONSENSE):
            body = b'{"jsonrpc": "2.0", "result": [{"vmId": \xff\xfe' + self._random.randbytes(64)
        return body + b" " * int(self.by(FaultKind.HUGE))

    def wire(self, frame: bytes) -> Wire:
        """What goes out for a frame."""
        if not self.on:
            return Wire(frame)
        if self.strikes(FaultKind.RESET):
            return Wire(frame[: len(frame) // 2], "reset")
        if self.strikes(FaultKind.TRUNCATED):
            return Wire(frame[: len(frame) // 2], "close")
        if self.strikes(FaultKind.GARBAGE):
            return Wire(self._random.randbytes(1024))
        return Wire(frame)
