"""Events made of events: their ids are a function of the ids of what they were made of, so that the
same inputs give the same ids again, and no id ever stands for two contents (contract 7)."""

from functools import lru_cache
from hashlib import blake2s

from msgspec.structs import replace

from vurti.events import Event, Label
from vurti.streams.sums import add_up

_BYTES = 4


def summed(first: Event, second: Event) -> Event | None:
    """The sum of two events of one thing, under an id of its own; None where it comes to nothing.
    What nobody gave an id has none afterwards."""
    total = add_up(first, second)
    if total is None or total is second or not second.id:
        return total
    return replace(total, id=f"{second.id}~{digest(first.id)}")


def labelled(event: Event, labels: dict[str, Label]) -> Event:
    """The event with these labels on it, under an id of its own."""
    told = tuple({**dict(event.labels), **labels}.items())
    if told == event.labels:
        return event
    # By its text and not by the labels themselves: 1 and true are equal, and are not the same.
    id_ = f"{event.id}#{_mark(repr(tuple(labels.items())))}" if event.id else ""
    return replace(event, labels=told, id=id_)


@lru_cache(maxsize=1024)
def _mark(text: str) -> str:
    return digest(text)


def digest(*texts: str) -> str:
    """A few characters that stand for these texts, the same in every process."""
    one = blake2s(digest_size=_BYTES)
    for text in texts:
        one.update(text.encode("utf-8", "surrogatepass") + b"\0")
    return one.hexdigest()
