"""Streams of the configuration as values: what each is made of, and what they are together."""

from collections.abc import Iterator, Mapping

from msgspec import Struct
from reactivex import Observable

from vurti.events import Event
from vurti.streams.around import NOTHING_KNOWN, Around
from vurti.streams.chain import build, parts_of
from vurti.streams.operator import Operator
from vurti.streams.operators import split
from vurti.streams.operators.merge import merged
from vurti.streams.own import entry_named
from vurti.streams.steps import SplitSettings, StepSettings


class Definition(Struct, frozen=True):
    """A stream: the streams that it is made of, and the steps that stand between."""

    sources: tuple[str, ...]
    steps: tuple[StepSettings, ...] = ()

    @property
    def parts(self) -> tuple[str, ...]:
        """What it is split into, none where it is not."""
        return parts_of(self.steps)

    def operator(self, part: str = "", around: Around = NOTHING_KNOWN) -> Operator:
        """Its chain as one operator; of a `part` with nothing but what goes there."""
        last = self.steps[-1] if self.steps else None
        if not (part and isinstance(last, SplitSettings)):
            return build(self.steps, around)
        before, into = build(self.steps[:-1], around), split(last.into, last.rest, part, around)
        return lambda source: into(before(source))


Definitions = Mapping[str, Definition]


def names_of(definitions: Definitions) -> tuple[str, ...]:
    """Every stream that there is by these, with the parts of those that are split."""

    def told() -> Iterator[str]:
        for name, one in definitions.items():
            yield name
            yield from (f"{name}.{part}" for part in one.parts)

    return tuple(told())


def place_of(name: str, definitions: Definitions) -> tuple[str, str]:
    """The stream of that name and which part of it, "" for all of it. Raises KeyError where there
    is none."""
    if name in definitions:
        return name, ""
    whole, _, part = name.rpartition(".")
    if part in definitions[whole].parts:
        return whole, part
    raise KeyError(name)


def by_thing(name: str, definitions: Definitions) -> bool:
    """Whether what a stream says of a thing depends on that thing's events alone, as is so of those
    that are always there."""
    try:
        whole = definitions[place_of(name, definitions)[0]]
    except KeyError:
        return True
    alone = all(entry_named(step.op).apart(step) for step in whole.steps)
    return alone and all(by_thing(source, definitions) for source in whole.sources)


def is_as_it_was(name: str, past: Definitions, now: Definitions) -> bool:
    """Whether a stream, and all that it is made of, is what it was."""
    places = [place_of(name, one) if name in names_of(one) else None for one in (past, now)]
    if places[0] is None or places[1] is None:
        return places[0] is places[1]  # one that is always there, or in neither
    old, new = past[places[0][0]], now[places[1][0]]
    return (
        places[0] == places[1]
        and old == new
        and all(is_as_it_was(source, past, now) for source in new.sources)
    )


def roots_of(name: str, definitions: Definitions) -> set[str]:
    """The streams that are always there of which this one is made."""
    try:
        whole, _ = place_of(name, definitions)
    except KeyError:
        return {name}
    return set[str]().union(*(roots_of(one, definitions) for one in definitions[whole].sources))


def upstream_first(definitions: Definitions) -> list[str]:
    """The streams in an order in which each stands behind those that it is made of."""
    order: dict[str, None] = {}

    def add(name: str) -> None:
        if name in order:
            return
        for source in definitions[name].sources:
            try:
                add(place_of(source, definitions)[0])
            except KeyError:
                continue  # one that is always there
        order[name] = None

    for name in definitions:
        add(name)
    return list(order)


def wired(
    name: str,
    definitions: Definitions,
    roots: Mapping[str, Observable[Event]],
    around: Around = NOTHING_KNOWN,
) -> Observable[Event]:
    """The stream of that name over the streams that are always there, with nothing in between: each
    subscription has chains of its own. Raises KeyError for a stream that there is not."""
    if name in roots:
        return roots[name]
    whole, part = place_of(name, definitions)
    one = definitions[whole]
    sources = tuple(wired(source, definitions, roots, around) for source in one.sources)
    joined = sources[0] if len(sources) == 1 else merged(sources)
    return one.operator(part, around)(joined)
