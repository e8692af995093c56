"""What events of things come to: the rules about order, ends and what lasts."""

from collections.abc import Iterable, Iterator
from typing import Any, TypeGuard

from vurti.events import LASTING, Event
from vurti.model import Vds, Vm
from vurti.streams.sums import is_known
from vurti.testing.tck.record import Fault, Rule

State = Vm | Vds | None


def is_of_a_thing(value: Any) -> TypeGuard[Event]:
    """Operators may say what is about no single VM or host; these rules do not ask for that."""
    return isinstance(value, Event) and (value.before is not None or value.after is not None)


def wrong_order(out: Iterable[Event]) -> Iterator[Fault]:
    """An event that does not come behind the one before it of the same thing."""
    last: dict[str, int] = {}
    for one in out:
        if one.seq_first > one.seq:
            yield Fault(Rule.ORDER, f"{one.id}: its range is {one.seq_first} to {one.seq}")
        if not is_known(one) and one.seq_first <= last.get(one.thing, -1):
            yield Fault(Rule.ORDER, f"{one.id} came behind {last[one.thing]} of {one.thing}")
        last[one.thing] = one.seq


def broken(out: Iterable[Event], at_first: dict[str, State]) -> Iterator[Fault]:
    """An event that does not begin where its thing was."""
    states = dict(at_first)
    for one in out:
        before = states.get(one.thing)
        begun = None if one.fleeting else one.before
        if not is_known(one) and begun != before:
            words = f"{one.id} begins at {_brief(begun)}, {one.thing} was {_brief(before)}"
            yield Fault(Rule.UNBROKEN, words)
        states[one.thing] = one.after


def invented(into: Iterable[Event], out: Iterable[Event]) -> Iterator[Fault]:
    """An event that does not end where one that came did."""
    ends = {(one.thing, one.seq): one.after for one in into if not is_known(one)}
    for one in out:
        place = (one.thing, one.seq)
        if not is_known(one) and (place not in ends or ends[place] != one.after):
            words = f"{one.id} of {one.thing} ends at {one.seq}, {_brief(one.after)}: nothing did"
            yield Fault(Rule.HAPPENED, words)


def other_ends(
    into: Iterable[Event], out: Iterable[Event], at_first: dict[str, State]
) -> Iterator[Fault]:
    """A thing that is believed to be in another state than it is."""
    truth, believed = _ends(into), at_first | _ends(out)
    for thing in sorted(truth.keys() | believed.keys()):
        if truth.get(thing) != believed.get(thing):
            words = f"{thing} is {_brief(truth.get(thing))}, not {_brief(believed.get(thing))}"
            yield Fault(Rule.LAST, words)


def lost(into: Iterable[Event], out: Iterable[Event]) -> Iterator[Fault]:
    """What happened to a thing and lasts, and was not told, or not as often as it happened."""
    happened, told = _lasting(into), _lasting(out)
    for thing, (marks, times) in happened.items():
        said, often = told.get(thing, (frozenset(), 0))
        if marks - said:
            yield Fault(Rule.LASTING, f"{thing}: {', '.join(sorted(marks - said))} is not told of")
        elif often != times:
            yield Fault(Rule.LASTING, f"{thing}: told {often} times what happened {times} times")


def _ends(events: Iterable[Event]) -> dict[str, State]:
    return {one.thing: one.after for one in events}


def _lasting(events: Iterable[Event]) -> dict[str, tuple[frozenset[str], int]]:
    """Of each thing the marks that last, and how often there was one."""
    found: dict[str, tuple[frozenset[str], int]] = {}
    for one in events:
        marks = LASTING.intersection(one.marks)
        if marks:
            past, times = found.get(one.thing, (frozenset(), 0))
            found[one.thing] = (past | marks, times + one.times)
    return found


def _brief(state: State) -> str:
    return "not there" if state is None else str(state.status)
