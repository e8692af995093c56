"""Where committed events go: the `[sinks.NAME]` tables, each bound to the model of its kind."""

from collections.abc import Iterable

from vurti.config.named import ids_of
from vurti.config.streams import StreamSettings
from vurti.errors import Complaint
from vurti.settings import Tree, bind, way_out
from vurti.sinks import INTENTS, STREAMS, SinkError, SinkSettings, kind_named, kinds
from vurti.streams.definition import Definitions, names_of, roots_of

Named = tuple[tuple[str, SinkSettings], ...]
"""Each sink's settings behind its name."""


def sinks_of(tree: Tree, streams: Iterable[StreamSettings], complaints: list[Complaint]) -> Named:
    """The sinks, in the order of the file; what is wrong with them is complained of."""
    definitions = {stream.name: stream.definition for stream in streams}
    found: list[tuple[str, SinkSettings]] = []
    for name in ids_of(tree, "sinks", "a sink's name", complaints):
        settings = _bound(tree, name, complaints)
        if settings is not None:
            found.append((name, settings))
            complaints.extend(_bad_stream(tree, name, settings.source, definitions))
    return tuple(found)


def _bound(tree: Tree, name: str, complaints: list[Complaint]) -> SinkSettings | None:
    table, path = tree.get(("sinks", name)), ("sinks", name)
    kind = table.get("kind") if isinstance(table, dict) else None
    if not isinstance(table, dict) or not isinstance(kind, str):
        what = "expected a table with a kind" if not kind else "expected a text"
        hint = f"there are: {', '.join(kinds())}"
        complaints.append(tree.complaint((*path, "kind") if kind else path, what, hint))
        return None
    try:
        model = kind_named(kind).settings
    except SinkError as error:
        complaints.append(tree.complaint((*path, "kind"), error.what, error.way_out))
        return None
    return bind(model, tree, path, complaints)


def _bad_stream(
    tree: Tree, name: str, source: str, definitions: Definitions
) -> Iterable[Complaint]:
    known = {*STREAMS, INTENTS, *names_of(definitions)}
    path = ("sinks", name, "from")
    if source == "polls" or (source in known and "polls" in roots_of(source, definitions)):
        yield tree.complaint(path, "polls are not stored: a sink tells what is", "")
    elif source not in known:
        hint = way_out(source, known)
        yield tree.complaint(path, f"there is no stream {source!r}", hint)
