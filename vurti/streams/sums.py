"""How the events of one thing add up in a live stream."""

from typing import TypeGuard

from msgspec.structs import replace

from vurti.events import Counted, Event, VdsKnown, VmKnown, compact


def is_known(event: Event) -> TypeGuard[VmKnown | VdsKnown]:
    """Not news but where news begins: operators let it pass as it is."""
    return isinstance(event, VmKnown | VdsKnown)


def add_up(first: Event, second: Event, forced: bool = False) -> Event | None:
    """The sum of two events of one thing, None where it comes to nothing. `forced`: a bound was
    reached.

    Whoever has not yet heard how a thing stands, hears how it stands now: what is known and what
    changed it add up to what is known now. A thing that went in the meantime is none to him.
    """
    if is_known(second):
        return second
    if isinstance(first, Counted) and isinstance(second, Counted):
        count, secs = first.count + second.count, first.secs + second.secs
        return replace(second, count=count, secs=secs)
    if not is_known(first):
        return compact(first, second, forced)
    if second.after is None:
        return None
    return replace(
        first,
        id=second.id,
        after=second.after,
        seq=second.seq,
        seq_first=second.seq,
        reason=second.reason,
        rule=second.rule,
        host=second.host,
        observed_at=second.observed_at,
        number=second.number,
        labels=second.labels,
    )
