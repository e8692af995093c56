"""How the hosts of a kind are watched: the `[sources.NAME]` tables, each bound to the model that
its source declares."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from pydantic import BaseModel

from vurti.errors import Complaint
from vurti.model import Host
from vurti.settings import Tree, bind
from vurti.sources import SourceError, SourceOptions, source_named, source_of


def sources_of(tree: Tree, hosts: Iterable[Host], complaints: list[Complaint]) -> SourceOptions:
    """The options of each source that has a table or hosts; what is wrong is complained of."""
    table = tree.get(("sources",))
    if table is not None and not isinstance(table, dict):
        complaints.append(tree.complaint(("sources",), "expected tables such as [sources.libvirt]"))
        return SourceOptions()
    used = dict.fromkeys([*(table or ()), *_names(hosts)])
    bound = {name: _bound(tree, name, complaints) for name in used}
    return SourceOptions(**{name: one for name, one in bound.items() if one is not None})


def _names(hosts: Iterable[Host]) -> Iterable[str]:
    """The sources of these hosts, whose URLs have been found good."""
    return (
        source_of(scheme).name for scheme in {urlsplit(host.url).scheme: None for host in hosts}
    )


def _bound(tree: Tree, name: str, complaints: list[Complaint]) -> BaseModel | None:
    try:
        model = source_named(name).options
    except SourceError as error:
        complaints.append(tree.complaint(("sources", name), error.what, error.way_out))
        return None
    return bind(model, tree, ("sources", name), complaints)
