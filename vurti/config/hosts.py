"""The machines to watch: the `[hosts.ID]` tables."""

from pydantic import BaseModel, ConfigDict

from vurti.config.named import ids_of
from vurti.errors import Complaint
from vurti.model import Host
from vurti.settings import Path, Tree, bind
from vurti.sources import flaw


class HostSettings(BaseModel):
    """One host. Its id is the name of its table."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    url: str
    """The kind of source and where it is, such as "qemu+tls://alpha.example/system"."""

    cluster: str = ""
    """Hosts that hand VMs to each other are of one cluster."""

    power_management: bool = False
    """It can be fenced."""

    spm: bool = False
    """It manages the storage of its pool, so that it is waited for longer."""

    image_transfers: tuple[str, ...] = ()
    """The phases of the image transfers that use it, such as "TRANSFERRING"."""


def hosts_of(tree: Tree, complaints: list[Complaint]) -> tuple[Host, ...]:
    """The hosts that can be read, in the order of the file; the others are complained of."""
    ids = ids_of(tree, "hosts", "a host's id", complaints)
    hosts = (_host(tree, id_, complaints) for id_ in ids)
    return tuple(host for host in hosts if host is not None)


def _host(tree: Tree, id_: str, complaints: list[Complaint]) -> Host | None:
    path: Path = ("hosts", id_)
    settings = bind(HostSettings, tree, path, complaints)
    url = tree.get((*path, "url"))
    wrong = flaw(url) if isinstance(url, str) else None
    if wrong is not None:
        complaints.append(tree.complaint((*path, "url"), *wrong))
    if settings is None or wrong is not None:
        return None
    return Host(id_, **{key: getattr(settings, key) for key in HostSettings.model_fields})
