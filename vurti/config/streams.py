"""Streams that the user makes of others: the `[streams.NAME]` tables."""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from msgspec import Struct
from pydantic import BaseModel, ConfigDict, Field

from vurti.errors import Complaint
from vurti.settings import Path, Tree, bind, way_out
from vurti.streams.chain import Flaw, ends, parts_of, read
from vurti.streams.definition import Definition
from vurti.streams.flow import RAW, Flow, Stage, joined
from vurti.streams.steps import StepSettings

BUILT_IN = ("polls", "hosts", "vms")
"""The streams that are always there."""
SOURCES_MAX = 100


class StreamTable(BaseModel):
    """A stream made of others by a chain of operators."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    source: str | tuple[str, ...] = Field(alias="from")
    """The stream that it is made of: `polls`, `hosts`, `vms`, or another of these tables. A list of
    them is merged."""

    chain: list[dict[str, Any]] = []
    """Operators, each as a table with `op` and its settings, in the order of the flow."""

    @property
    def sources(self) -> tuple[str, ...]:
        return (self.source,) if isinstance(self.source, str) else self.source


class StreamSettings(Struct, frozen=True):
    """A stream as the configuration has it, once nothing is wrong with it."""

    name: str
    sources: tuple[str, ...]
    steps: tuple[StepSettings, ...] = ()

    @property
    def definition(self) -> Definition:
        """The same without its name."""
        return Definition(self.sources, self.steps)


def streams_of(tree: Tree, complaints: list[Complaint]) -> tuple[StreamSettings, ...]:
    """The streams that can be built, in the order of the file; the others are complained of."""
    table = tree.get(("streams",))
    if table is None:
        return ()
    if not isinstance(table, dict):
        complaints.append(tree.complaint(("streams",), "expected tables such as [streams.quiet]"))
        return ()
    bound = {name: bind(StreamTable, tree, ("streams", name), complaints) for name in table}
    return _Streams(tree, set(table), bound, complaints).read()


class _Streams:
    """All tables together: each is checked behind those that it is made of, since an order that is
    wrong within one chain is as wrong across two."""

    def __init__(
        self,
        tree: Tree,
        named: set[str],
        bound: dict[str, StreamTable | None],
        complaints: list[Complaint],
    ) -> None:
        self._tree, self._named, self._complaints = tree, named, complaints
        self._tables = {name: one for name, one in bound.items() if one is not None}
        self._parts = {name: _parts(one) for name, one in self._tables.items()}
        self._stages: dict[str, Stage] = {}

    def read(self) -> tuple[StreamSettings, ...]:
        self._complaints.extend(self._bad_names())
        circles = list(self._circles())
        self._complaints.extend(self._told(circle) for circle in circles)
        in_circles = {name for circle in circles for name in circle}
        good = [name for name in self._tables if not in_circles & {name, *self._above(name)}]
        return tuple(
            StreamSettings(name, self._tables[name].sources, self._steps(name)) for name in good
        )

    def _bad_names(self) -> Iterator[Complaint]:
        for name in self._named:
            path = ("streams", name)
            if name in BUILT_IN:
                yield self._tree.complaint(path, f"{name} is built in", "give it another name")
            whole, dot, part = name.rpartition(".")
            if dot and part in self._parts.get(whole, ()):
                what = f"{name} is already a part of {whole}"
                yield self._tree.complaint(path, what, "give it another name")
        for name, table in self._tables.items():
            yield from self._bad_sources(name, table)

    def _bad_sources(self, name: str, table: StreamTable) -> Iterator[Complaint]:
        known = {*BUILT_IN, *self._named, *self._part_names()}
        about = partial(self._tree.complaint, ("streams", name, "from"))
        if not 1 <= len(table.sources) <= SOURCES_MAX:
            yield about(f"a stream is made of 1 to {SOURCES_MAX} others")
        for at, source in enumerate(table.sources):
            if source not in known:
                yield about(f"there is no stream {source!r}", way_out(source, known - {name}))
            elif source in table.sources[:at]:
                yield about(f"{source!r} is there twice")
        if "polls" in table.sources and len(table.sources) > 1:
            yield about("polls are no events: they cannot be merged with others")

    def _part_names(self) -> Iterator[str]:
        for name, parts in self._parts.items():
            yield from (f"{name}.{part}" for part in parts)

    def _tables_of(self, name: str) -> list[str]:
        """The tables that a table is made of, be it of a part of them."""
        table = self._tables.get(name)
        whole = [self._table(source) for source in table.sources] if table is not None else []
        return [one for one in whole if one is not None]

    def _table(self, source: str) -> str | None:
        """The table that a source is, or is a part of."""
        if source in self._tables:
            return source
        whole, _, part = source.rpartition(".")
        return whole if part in self._parts.get(whole, ()) else None

    def _above(self, name: str) -> set[str]:
        """All that a stream is made of, however indirectly; itself, if it goes in a circle."""
        above: set[str] = set()
        waiting = self._tables_of(name)
        while waiting:
            one = waiting.pop()
            if one not in above:
                above.add(one)
                waiting.extend(self._tables_of(one))
        return above

    def _circles(self) -> Iterator[list[str]]:
        """Each circle once, beginning with the stream that stands first in the file."""
        told: set[str] = set()
        for name in self._tables:
            if name not in told and name in self._above(name):
                way = self._way_back(name)
                told.update(way)
                yield way

    def _way_back(self, name: str) -> list[str]:
        """The shortest way from a stream up to itself."""
        ways = [[name]]
        seen: set[str] = set()
        for way in ways:  # grows while it is walked
            for above in self._tables_of(way[-1]):
                if above == name:
                    return [*way, name]
                if above not in seen:
                    seen.add(above)
                    ways.append([*way, above])
        raise AssertionError(f"{name} is in no circle")

    def _told(self, circle: list[str]) -> Complaint:
        way, path = " ← ".join(circle), ("streams", circle[0], "from")
        return self._tree.complaint(path, f"the streams go in a circle: {way}")

    def _stage(self, source: str) -> Stage:
        """What can be relied on in a stream that goes in no circle."""
        if source in BUILT_IN:
            flow = Flow.POLLS if source == "polls" else Flow.UNBROKEN
            return Stage(flow, source, frozenset({source}))
        name = self._table(source)
        if name is None:  # there is none: that is complained of elsewhere
            return Stage(Flow.UNBROKEN)
        if name not in self._stages:
            self._stages[name] = ends(self._tables[name].chain, self._begins(name))
        stage = self._stages[name]
        return stage if name == source else stage.after(f"the split of {name}", Flow.BROKEN)

    def _begins(self, name: str) -> Stage:
        sources = self._tables[name].sources
        return joined([(source, self._stage(source)) for source in sources]) if sources else RAW

    def _steps(self, name: str) -> tuple[StepSettings, ...]:
        steps, flaws = read(self._tables[name].chain, self._begins(name))
        self._complaints.extend(_complaint(self._tree, name, flaw) for flaw in flaws)
        return steps


def _parts(table: StreamTable) -> tuple[str, ...]:
    """What a chain is split into, as far as it can be read."""
    split = [step for step in table.chain[-1:] if step.get("op") == "split"]
    steps, _ = read(split)
    return parts_of(steps) or tuple(_named(split))


def _named(split: Iterable[dict[str, Any]]) -> Iterator[str]:
    """The parts of a split with a mistake in it: who is made of them need not hear of that."""
    for step in split:
        into = step.get("into")
        yield from into if isinstance(into, dict) else ()
        yield str(step.get("rest", "rest"))


def _complaint(tree: Tree, name: str, flaw: Flaw) -> Complaint:
    path: Path = ("streams", name, "chain", flaw.index)
    for part in _keys(flaw, tree.get(path)):
        path += (part,)
    return tree.complaint(
        path, flaw.message, f"did you mean `{flaw.nearest}`?" * bool(flaw.nearest)
    )


def _keys(flaw: Flaw, value: Any) -> Iterator[int | str]:
    """The parts of a flaw's key, as the tree has them: a key may itself have a dot."""
    rest = flaw.key
    while rest:
        if isinstance(value, dict) and rest in value:
            yield rest
            return
        part, _, rest = rest.partition(".")
        one: int | str = int(part) if part.isdigit() and isinstance(value, list) else part
        yield one
        try:
            value = value[one]
        except (KeyError, IndexError, TypeError):
            value = None
