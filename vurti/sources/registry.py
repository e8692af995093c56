"""Which sources there are: our own, and those of other packages (entry points `vurti.sources`).

A source is loaded when the scheme of a host or a table `[sources.NAME]` asks for it, and no sooner:
nobody pays for what is not used, and a plug-in that is broken harms only those who use it.
"""

from functools import cache
from importlib import import_module
from typing import NamedTuple

from vurti.settings import nearest, way_out
from vurti.settings.plug_ins import PlugInError, PlugIns
from vurti.streams.source import Source

GROUP = "vurti.sources"


class SourceError(PlugInError):
    """A source that is not there or cannot be used; `way_out` says what to do about it."""


_plug_ins = PlugIns(GROUP, "source", SourceError)


class Row(NamedTuple):
    """One of our own sources: `module` declares it as `SOURCE`."""

    name: str
    module: str
    schemes: tuple[str, ...]


_LIBVIRT = ("qemu", "qemu+unix", "qemu+tcp", "qemu+tls", "test+tcp", "test+tls")
BUILT_IN = (
    Row("libvirt", "vurti.sources.libvirt", _LIBVIRT),
    Row("json", "vurti.sources.json_http", ("json+https", "json+http")),
    Row("sim", "vurti.sources.sim", ("sim",)),
    Row("vdsm", "vurti.sources.vdsm", ("vdsm", "vdsm+tcp")),
    Row("vdsm_xmlrpc", "vurti.sources.vdsm_xmlrpc", ("vdsm+https", "vdsm+http")),
)
"""A row for each source that comes with vurti; it has the first claim on its name and schemes."""

SCHEMES = tuple(scheme for row in BUILT_IN for scheme in row.schemes)
_NAMES = {scheme: row.name for row in BUILT_IN for scheme in row.schemes}
_MODULES = {row.name: row.module for row in BUILT_IN}


def names() -> tuple[str, ...]:
    """The names of all sources that are installed, without loading any."""
    return (*_MODULES, *sorted(_plug_ins.points.keys() - _MODULES.keys()))


def source_named(name: str) -> Source:
    """The source of that name. Raises SourceError where there is none, or it cannot be used."""
    found = _loaded(name)
    if isinstance(found, SourceError):
        raise SourceError(found.what, found.way_out)
    return found


def source_of(scheme: str) -> Source:
    """The source for URLs of that scheme. A plug-in's schemes are its name, and its name with a `+`
    and more behind it. Raises SourceError where there is none, or it cannot be used."""
    name = _NAMES.get(scheme, scheme.partition("+")[0])
    if scheme not in _NAMES and (name in _MODULES or name not in _plug_ins.points):
        raise SourceError(f"there is no source {scheme!r}", _hint(scheme))
    source = source_named(name)
    if scheme not in source.schemes:
        raise SourceError(f"there is no source {scheme!r}", way_out(scheme, source.schemes))
    return source


def _hint(scheme: str) -> str:
    schemes = (*SCHEMES, *(name for name in names() if name not in _MODULES))
    near = nearest(scheme, schemes)
    return f"did you mean {near}://?" if near else f"there are: {', '.join(schemes)}"


@cache
def _loaded(name: str) -> Source | SourceError:
    """The source, or why there is none: what fails to load once is not tried for each host."""
    if name in _MODULES:
        source: Source = import_module(_MODULES[name]).SOURCE
        return source
    if name not in _plug_ins.points:
        return SourceError(f"there is no source {name!r}", way_out(name, names()))
    try:
        whose, found = _plug_ins.load(name)
    except SourceError as error:
        return error
    return _as_declared(name, whose, found)


def _as_declared(name: str, whose: str, found: object) -> Source | SourceError:
    if not isinstance(found, Source):
        return SourceError(f"{whose} is a {type(found).__name__}, not a vurti.sources.Source")
    if found.name != name:
        return SourceError(f"{whose} calls itself {found.name!r}: the two must be one name")
    strange = [one for one in found.schemes if one.partition("+")[0] != found.name]
    if strange or not found.schemes:
        wanted = f"they must be {found.name}, or {found.name}+SOMETHING"
        return SourceError(f"{whose} has the schemes {found.schemes!r}: {wanted}")
    return found
