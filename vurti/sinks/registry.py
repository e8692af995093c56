"""Which kinds of sinks there are: our own, and those of other packages (group `vurti.sinks`).

A kind is loaded when a table `[sinks.NAME]` asks for it, and no sooner.
"""

from functools import cache
from importlib import import_module

from vurti.settings import way_out
from vurti.settings.plug_ins import PlugInError, PlugIns
from vurti.streams.sink import SinkKind, SinkSettings

GROUP = "vurti.sinks"
BUILT_IN = {"ndjson": "vurti.sinks.ndjson", "webhook": "vurti.sinks.webhook"}
"""The modules that declare our own, each as `SINK`. They have the first claim on their names."""


class SinkError(PlugInError):
    """A kind of sink that is not there or cannot be used; `way_out` says what to do about it."""


_plug_ins = PlugIns(GROUP, "sink", SinkError)


def kinds() -> tuple[str, ...]:
    """The names of all that are installed, without loading any."""
    return (*BUILT_IN, *sorted(_plug_ins.points.keys() - BUILT_IN.keys()))


def kind_named(name: str) -> SinkKind:
    """The kind of that name. Raises SinkError where there is none, or it cannot be used."""
    found = _loaded(name)
    if isinstance(found, SinkError):
        raise SinkError(found.what, found.way_out)
    return found


@cache
def _loaded(name: str) -> SinkKind | SinkError:
    if name in BUILT_IN:
        kind: SinkKind = import_module(BUILT_IN[name]).SINK
        return kind
    if name not in _plug_ins.points:
        return SinkError(f"there is no kind of sink {name!r}", way_out(name, kinds()))
    try:
        whose, found = _plug_ins.load(name)
    except SinkError as error:
        return error
    return _as_declared(name, whose, found)


def _as_declared(name: str, whose: str, found: object) -> SinkKind | SinkError:
    if not isinstance(found, SinkKind):
        return SinkError(f"{whose} is a {type(found).__name__}, not a vurti.sinks.SinkKind")
    if found.name != name:
        return SinkError(f"{whose} calls itself {found.name!r}: the two must be one name")
    declared: object = found.settings
    if not (isinstance(declared, type) and issubclass(declared, SinkSettings)):
        return SinkError(f"{whose} has settings that are no vurti.sinks.SinkSettings")
    return found
