"""The machines to watch: the `[hosts.ID]` tables."""

from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict

from vurti.errors import Complaint, VurtiError
from vurti.model import Host
from vurti.settings import Path, Tree, bind, nearest
from vurti.sources import SCHEMES
from vurti.sources.libvirt import SCHEMES as LIBVIRT_SCHEMES
from vurti.sources.libvirt.address import address


class HostSettings(BaseModel):
    """One host. Its id is the name of its table."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    url: str
    """The kind of source and where it is, such as "qemu+tls://alpha.example/system"."""

    cluster: str = ""
    """Hosts that hand VMs to each other are of one cluster."""


def hosts_of(tree: Tree, complaints: list[Complaint]) -> tuple[Host, ...]:
    """The hosts that can be read, in the order of the file; the others are complained of."""
    table = tree.get(("hosts",))
    if table is None:
        return ()
    if not isinstance(table, dict):
        complaints.append(tree.complaint(("hosts",), "expected tables such as [hosts.alpha]"))
        return ()
    hosts = (_host(tree, id_, complaints) for id_ in table)
    return tuple(host for host in hosts if host is not None)


def _host(tree: Tree, id_: str, complaints: list[Complaint]) -> Host | None:
    path: Path = ("hosts", id_)
    if not id_ or not id_.isprintable():
        complaints.append(tree.complaint(path, "a host's id is printable and not empty"))
        return None
    settings = bind(HostSettings, tree, path, complaints)
    url = tree.get((*path, "url"))
    flaw = _flaw(url) if isinstance(url, str) else None
    if flaw is not None:
        complaints.append(tree.complaint((*path, "url"), *flaw))
    if settings is None or flaw is not None:
        return None
    return Host(id_, settings.url, settings.cluster)


def _flaw(url: str) -> tuple[str, str] | None:
    """What is wrong with a host's URL and the way out, None where nothing is."""
    try:
        parts = urlsplit(url)
    except ValueError as error:
        return f"is no URL: {error}", "write SCHEME://HOST/…"
    if parts.scheme not in SCHEMES:
        near = nearest(parts.scheme, SCHEMES)
        hint = f"did you mean {near}://?" if near else f"there are: {', '.join(SCHEMES)}"
        return f"there is no source {parts.scheme!r}", hint
    if parts.scheme in LIBVIRT_SCHEMES:
        try:
            address(url)
        except VurtiError as error:
            return str(error), ""
    elif not parts.netloc:
        return f"{url!r} names no host", f"write {parts.scheme}://HOST"
    return None
