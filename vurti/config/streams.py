"""Streams that the user makes of others: the `[streams.NAME]` tables."""

from collections.abc import Iterator
from typing import Any

from msgspec import Struct
from pydantic import BaseModel, ConfigDict, Field

from vurti.errors import Complaint
from vurti.settings import Path, Tree, bind, way_out
from vurti.streams.catalog import StepSettings
from vurti.streams.chain import Flaw, read

BUILT_IN = ("polls", "hosts", "vms")
"""The streams that are always there."""


class StreamTable(BaseModel):
    """A stream made of another by a chain of operators."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    source: str = Field(alias="from")
    """The stream that it is made of: `polls`, `hosts`, `vms`, or another of these tables."""

    chain: list[dict[str, Any]] = []
    """Operators, each as a table with `op` and its settings, in the order of the flow."""


class StreamSettings(Struct, frozen=True):
    """A stream as the configuration has it, once nothing is wrong with it."""

    name: str
    source: str
    steps: tuple[StepSettings, ...] = ()


def streams_of(tree: Tree, complaints: list[Complaint]) -> tuple[StreamSettings, ...]:
    """The streams that can be built, in the order of the file; the others are complained of."""
    table = tree.get(("streams",))
    if table is None:
        return ()
    if not isinstance(table, dict):
        complaints.append(tree.complaint(("streams",), "expected tables such as [streams.quiet]"))
        return ()
    bound = {name: _bound(tree, name, complaints) for name in table}
    tables = {name: stream for name, stream in bound.items() if stream is not None}
    complaints.extend(_bad_names(tree, set(table), tables))
    circles = {name for circle in _circles(tables) for name in circle}
    complaints.extend(_told(tree, circle) for circle in _circles(tables))
    return tuple(
        StreamSettings(name, stream.source, _steps(tree, name, tables, complaints))
        for name, stream in tables.items()
        if not _leads_into(name, tables, circles)
    )


def _bound(tree: Tree, name: str, complaints: list[Complaint]) -> StreamTable | None:
    return bind(StreamTable, tree, ("streams", name), complaints)


def _bad_names(tree: Tree, named: set[str], tables: dict[str, StreamTable]) -> Iterator[Complaint]:
    for name in named.intersection(BUILT_IN):
        yield tree.complaint(("streams", name), f"{name} is built in", "give it another name")
    known = {*BUILT_IN, *named}
    for name, stream in tables.items():
        if stream.source not in known:
            hint = way_out(stream.source, known - {name})
            path = ("streams", name, "from")
            yield tree.complaint(path, f"there is no stream {stream.source!r}", hint)


def _upwards(name: str, tables: dict[str, StreamTable]) -> list[str]:
    """The stream, what it is made of, and so on; ends at a name that is none of these tables, or
    at the first that comes a second time."""
    way = [name]
    while way[-1] in tables:
        way.append(tables[way[-1]].source)
        if way[-1] in way[:-1]:
            break
    return way


def _circles(tables: dict[str, StreamTable]) -> list[list[str]]:
    """Each circle once, beginning with the stream that stands first in the file."""
    circles: list[list[str]] = []
    for name in tables:
        way = _upwards(name, tables)
        if way[-1] == name and not any(name in circle for circle in circles):
            circles.append(way)
    return circles


def _told(tree: Tree, circle: list[str]) -> Complaint:
    way = " ← ".join(circle)
    return tree.complaint(("streams", circle[0], "from"), f"the streams go in a circle: {way}")


def _leads_into(name: str, tables: dict[str, StreamTable], circles: set[str]) -> bool:
    return bool(circles.intersection(_upwards(name, tables)))


def _steps(
    tree: Tree, name: str, tables: dict[str, StreamTable], complaints: list[Complaint]
) -> tuple[StepSettings, ...]:
    """The steps of one stream, checked behind those of the streams that it is made of: an order
    that is wrong within one chain is as wrong across two."""
    *_, first = way = _upwards(name, tables)
    before = [step for above in reversed(way[1:-1]) for step in tables[above].chain]
    raw = [*before, *tables[name].chain]
    _, flaws = read(raw, events=first != "polls")
    complaints.extend(
        _complaint(tree, name, flaw, len(before)) for flaw in flaws if flaw.index >= len(before)
    )
    steps, _ = read(tables[name].chain, events=first != "polls")
    return steps


def _complaint(tree: Tree, name: str, flaw: Flaw, offset: int) -> Complaint:
    path: Path = ("streams", name, "chain", flaw.index - offset)
    if flaw.key:
        path += tuple(int(part) if part.isdigit() else part for part in flaw.key.split("."))
    return tree.complaint(
        path, flaw.message, f"did you mean `{flaw.nearest}`?" * bool(flaw.nearest)
    )
