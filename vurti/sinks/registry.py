"""Which kinds of sinks there are: our own, and those of other packages (group `vurti.sinks`).

A kind is loaded when a table `[sinks.NAME]` asks for it, and no sooner.
"""

from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points

from vurti.errors import VurtiError
from vurti.settings import way_out
from vurti.streams.sink import SinkKind, SinkSettings

GROUP = "vurti.sinks"
BUILT_IN = {"ndjson": "vurti.sinks.ndjson", "webhook": "vurti.sinks.webhook"}
"""The modules that declare our own, each as `SINK`. They have the first claim on their names."""


class SinkError(VurtiError):
    """A kind of sink that is not there or cannot be used; `way_out` says what to do about it."""

    def __init__(self, what: str, way_out: str = "") -> None:
        super().__init__(f"{what} ({way_out})" if way_out else what)
        self.what, self.way_out = what, way_out

    def __reduce__(self) -> tuple[type["SinkError"], tuple[str, str]]:
        return type(self), (self.what, self.way_out)


def kinds() -> tuple[str, ...]:
    """The names of all that are installed, without loading any."""
    return (*BUILT_IN, *sorted(_plug_ins().keys() - BUILT_IN.keys()))


def kind_named(name: str) -> SinkKind:
    """The kind of that name. Raises SinkError where there is none, or it cannot be used."""
    found = _loaded(name)
    if isinstance(found, SinkError):
        raise SinkError(found.what, found.way_out)
    return found


@cache
def _plug_ins() -> dict[str, tuple[EntryPoint, ...]]:
    """What other packages offer, by name; looking for it takes a while, so it is done once."""
    found: dict[str, tuple[EntryPoint, ...]] = {}
    for point in entry_points(group=GROUP):
        if point not in found.get(point.name, ()):  # a package may be on the path twice
            found[point.name] = (*found.get(point.name, ()), point)
    return found


@cache
def _loaded(name: str) -> SinkKind | SinkError:
    if name in BUILT_IN:
        kind: SinkKind = import_module(BUILT_IN[name]).SINK
        return kind
    points = _plug_ins().get(name, ())
    if not points:
        return SinkError(f"there is no kind of sink {name!r}", way_out(name, kinds()))
    if len(points) > 1:
        packages = ", ".join(sorted(_package(point) for point in points))
        return SinkError(f"the sink {name!r} is in several packages", f"keep one: {packages}")
    return _plugged(points[0])


def _plugged(point: EntryPoint) -> SinkKind | SinkError:
    whose = f"the sink {point.name!r} of the package {_package(point)}"
    try:
        found = point.load()
    except Exception as error:  # noqa: BLE001 - it is not our code: anything may come out of it
        return SinkError(f"{whose} cannot be loaded: {type(error).__name__}: {error}")
    if not isinstance(found, SinkKind):
        return SinkError(f"{whose} is a {type(found).__name__}, not a vurti.sinks.SinkKind")
    if found.name != point.name:
        return SinkError(f"{whose} calls itself {found.name!r}: the two must be one name")
    declared: object = found.settings
    if not (isinstance(declared, type) and issubclass(declared, SinkSettings)):
        return SinkError(f"{whose} has settings that are no vurti.sinks.SinkSettings")
    return found


def _package(point: EntryPoint) -> str:
    return point.dist.name if point.dist is not None else point.value
