"""What tests are read on: the tree of the configuration, and the names that it knows."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from vurti.config import BUILT_IN, Config
from vurti.errors import Complaint
from vurti.model import Absence, Host
from vurti.settings import Path, Tree, way_out
from vurti.sources import SourceError, source_of
from vurti.streams.definition import names_of

STREAMS = (*BUILT_IN, "intents")


class Ground:
    """Keeps the complaints, and `named`: the hosts that the test under way speaks of. `config` is
    None where something is wrong with it; then names are taken from the tree alone."""

    def __init__(self, tree: Tree, config: Config | None, complaints: list[Complaint]) -> None:
        self.tree, self.config, self.complaints = tree, config, complaints
        self.named: dict[str, None] = {}
        self._hosts = {host.id: host for host in config.hosts} if config is not None else {}
        self._names = _keys(tree.get(("hosts",)))
        self._free = bool(_keys(tree.get(("inventory",)))) or not self._names

    @property
    def streams(self) -> tuple[str, ...]:
        """All that can be tested, parts of split streams included."""
        if self.config is not None:
            return (*STREAMS, *names_of(self.config.definitions))
        return (*STREAMS, *_keys(self.tree.get(("streams",))))

    def has_stream(self, name: str) -> bool:
        """There is a stream of that name, as far as can be told."""
        whole = name.partition(".")[0] if self.config is None else name
        return name in self.streams or whole in self.streams

    def complain(self, path: Path, what: str, way_out: str = "") -> None:
        """Something is wrong with this key."""
        self.complaints.append(self.tree.complaint(path, what, way_out))

    def name(self, host: str, path: Path) -> None:
        """The test speaks of this host. Where the configuration names hosts, and no inventory adds
        to them, it must be one of them."""
        if not self._free and host not in self._names:
            self.complain(path, f"there is no host {host!r}", way_out(host, self._names))
        self.named[host] = None

    def host(self, name: str) -> Host:
        """As the configuration has it, or just of that name."""
        return self._hosts.get(name) or Host(name)

    def source(self, host: str) -> str:
        """The name of its source, "" where it is of none."""
        try:
            return source_of(urlsplit(self.host(host).url).scheme).name
        except (SourceError, ValueError):
            return ""

    def absence(self, host: str) -> Absence:
        """What it means on this host that a VM is not listed."""
        try:
            return source_of(urlsplit(self.host(host).url).scheme).absence
        except (SourceError, ValueError):
            return Absence.GONE

    def clusters(self) -> Mapping[str, str]:
        """The clusters of hosts by their ids."""
        return {host.id: host.cluster for host in self._hosts.values()}


def _keys(table: Any) -> tuple[str, ...]:
    return (
        tuple(key for key, one in table.items() if isinstance(one, dict))
        if isinstance(table, dict)
        else ()
    )
