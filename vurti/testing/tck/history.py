"""What comes into a thing under test: some VMs and a host, of which this and that is told."""

from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from hypothesis import strategies as st

from vurti.events import Event, Mark, VdsKnown, VmKnown, event
from vurti.model import Vds, Vm
from vurti.testing.values import vds, vm

VMS, HOST = ("vm1", "vm2", "vm3"), "host1"
STATUSES = {
    **dict.fromkeys(VMS, (None, "Up", "Paused", "Down")),
    HOST: (None, "Up", "Connecting", "NonResponsive"),
}
MARKS = {
    **dict.fromkeys(VMS, (Mark.CRASHED, Mark.REBOOTED, Mark.SPLIT_BRAIN)),
    HOST: (Mark.HOST_REBOOTED,),
}
"""Some that last: no sum may leave them out (contract 6)."""

SECS_MAX = 8


class End(StrEnum):
    """How a history ends: the source has no more, the source fails, or the subscriber leaves."""

    COMPLETES = "completes"
    FAILS = "fails"
    IS_LEFT = "is left"


class Move(NamedTuple):
    """After `secs` of quiet `thing` comes to this status; None: it is gone."""

    secs: int
    thing: str
    status: str | None
    mark: Mark | None = None


class Told(NamedTuple):
    """An event and when it comes."""

    at: float
    event: Event


class History(NamedTuple):
    """What is known at first, then the moves, then so many more seconds and the end."""

    known: tuple[tuple[str, str], ...] = ()
    moves: tuple[Move, ...] = ()
    secs: int = 0
    end: End = End.COMPLETES

    def told(self) -> list[Told]:
        """The events of it, each beginning where the one before it of the same thing ended. A move
        that changes nothing is none."""
        walk = Walk(dict(self.known))
        begun = [Told(0.0, one) for one in walk.known()]
        return begun + list(self._moved(walk))

    def ends_at(self) -> float:
        """When its end comes."""
        return float(sum(move.secs for move in self.moves) + self.secs)

    def _moved(self, walk: "Walk") -> Iterator[Told]:
        at = 0.0
        for move in self.moves:
            at += move.secs
            happened = walk.go(move.thing, move.status, move.mark)
            if happened is not None:
                yield Told(at, happened)


class Walk:
    """Things that go from state to state, and their events, numbered as `decide` numbers them."""

    def __init__(self, known: dict[str, str] | None = None) -> None:
        self.values: dict[str, Vm | Vds] = {}
        self._seqs: dict[str, int] = {}
        self._number = 0
        for thing, status in (known or {}).items():
            self.values[thing] = _value(thing, status)

    def known(self) -> list[Event]:
        """How all of them stand, as a live stream begins."""
        return [self._known(value) for value in self.values.values()]

    def go(self, thing: str, status: str | None, mark: Mark | None = None) -> Event | None:
        """What happens as it comes to this status; None where that is nothing."""
        before = self.values.get(thing)
        after = None if status is None else _value(thing, status)
        marks = (mark,) if mark is not None and before is not None and after is not None else ()
        seq = self._seqs.get(thing, 0) + 1
        name = f"{thing}-{seq}"
        happened = event(
            before, after, marks, id=name, seq=seq, seq_first=seq, number=self._number + 1
        )
        if happened is not None:
            self._seqs[thing], self._number = seq, self._number + 1
            self.values.pop(thing, None)
            if after is not None:
                self.values[thing] = after
        return happened

    def _known(self, value: Vm | Vds) -> Event:
        seq = self._seqs.get(value.id, 0)
        if isinstance(value, Vds):
            return VdsKnown(after=value, seq=seq)
        return VmKnown(after=value, seq=seq)


def histories(moves_max: int = 12) -> st.SearchStrategy[History]:
    """Any of them; those that are tried first are short."""
    known = st.dictionaries(st.sampled_from(list(STATUSES)), st.just("Up"), max_size=3)
    return st.builds(
        History,
        known.map(lambda one: tuple(sorted(one.items()))),
        st.lists(moves(), max_size=moves_max).map(tuple),
        st.integers(0, 3 * SECS_MAX),
        st.sampled_from(End),
    )


def moves() -> st.SearchStrategy[Move]:
    """One move, with a mark now and then."""
    return st.sampled_from(list(STATUSES)).flatmap(_moves_of)


def _moves_of(thing: str) -> st.SearchStrategy[Move]:
    marks = st.none() | st.sampled_from(MARKS[thing])
    secs = st.integers(0, SECS_MAX)
    return st.builds(Move, secs, st.just(thing), st.sampled_from(STATUSES[thing]), marks)


def _value(thing: str, status: str) -> Vm | Vds:
    if thing == HOST:
        return vds(thing, status)
    return vm(thing, status, run_on=None if status == "Down" else HOST)
