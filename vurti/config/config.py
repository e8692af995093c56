"""From a file to a `Config`: every room's settings bound, or every mistake told."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

from vurti.adapter.parts import Apply, Parts, Store
from vurti.clock import Clock
from vurti.config.api import ApiSettings
from vurti.config.clusters import clusters_of
from vurti.config.entries import entries
from vurti.config.hosts import hosts_of
from vurti.config.inventories import InventoryTables, inventories_of
from vurti.config.listen import ListenSettings
from vurti.config.log import LogSettings
from vurti.config.reloading import Reloading
from vurti.config.reread import Files, Read
from vurti.config.sinks import Named, sinks_of
from vurti.config.sources import sources_of
from vurti.config.streams import StreamSettings, streams_of
from vurti.config.trial import Trial
from vurti.config.vms import vms_of
from vurti.decide import Rules
from vurti.errors import Complaint, ConfigError
from vurti.inventory import InventoryDefaults, Listed
from vurti.model import Cluster, Host, VmFacts
from vurti.repository.settings import RepositorySettings
from vurti.settings import Tree, bind, read, way_out
from vurti.sources import SourceOptions
from vurti.streams.definition import Definition
from vurti.streams.endpoint import Endpoint
from vurti.streams.limits import SubscriberSettings
from vurti.streams.own import registered
from vurti.streams.poll_settings import PollSettings

TABLES = (
    "repository", "poll", "subscribers", "rules", "sources", "log", "listen", "api", "hosts",
    "vms", "clusters", "inventory", "streams", "sinks", "test",
)  # fmt: skip


@dataclass(frozen=True)
class Config:
    """What is to be watched and how. `path` is the file it came from; paths in it are absolute."""

    path: FilePath | None = None
    hosts: tuple[Host, ...] = ()
    vms: tuple[VmFacts, ...] = ()
    clusters: tuple[Cluster, ...] = ()
    poll: PollSettings = field(default_factory=PollSettings)
    subscribers: SubscriberSettings = field(default_factory=SubscriberSettings)
    rules: Rules = field(default_factory=Rules)
    repository: RepositorySettings = field(default_factory=RepositorySettings)
    sources: SourceOptions = field(default_factory=SourceOptions)
    streams: tuple[StreamSettings, ...] = ()
    sinks: Named = ()
    log: LogSettings = field(default_factory=LogSettings)
    listen: ListenSettings = field(default_factory=ListenSettings)
    api: ApiSettings = field(default_factory=ApiSettings)
    inventory: InventoryTables = field(default_factory=lambda: InventoryTables(InventoryDefaults()))
    tree: Tree | None = field(default=None, repr=False, compare=False)
    """What was read, to tell whether it has changed."""

    @property
    def definitions(self) -> dict[str, Definition]:
        """The streams of the configuration by their names."""
        return {stream.name: stream.definition for stream in self.streams}

    def listed(self) -> Listed:
        """What it says of hosts, VMs and clusters, as an inventory says it."""
        return Listed(hosts=self.hosts, vms=self.vms, clusters=self.clusters)

    def reread(self, *, tried: bool = False) -> Files:
        """The same of its files as they are then, whenever it is asked; `tried` by `vurti check`
        first, in a process of its own."""
        return Files(self, lambda: _read(self.path), self._trial() if tried else None)

    def reloading(self, apply: Apply) -> Reloading:
        """Its files, and what is done where they have changed. See config.reloading."""
        # Another process would not know operators that were registered in this one.
        tried = self.inventory.defaults.check_secs > 0 and not registered()
        return Reloading(self, self.reread(tried=tried), apply)

    def _trial(self) -> Trial:
        assert self.path is not None
        return Trial(self.path, self.inventory.defaults.check_secs)

    @staticmethod
    def entries(hosts: dict[str, Any], vms: dict[str, Any]) -> Listed:
        """Hosts and VMs from elsewhere, read as the tables of a file are."""
        return entries(hosts, vms)

    def parts(
        self,
        clock: Clock | None = None,
        endpoints: Callable[[Host, Clock], Endpoint] | None = None,
        repository: Store | None = None,
    ) -> Parts:
        """What an adapter is made of; see vurti.adapter.Parts. What is handed in is used as is."""
        from vurti.binding import parts  # edges are loaded once there is something to run

        return parts(self, clock, endpoints, repository)


def load_config(path: FilePath | str | None = None) -> Config:
    """The configuration in this file, or the defaults where there is none.

    Raises ConfigError with everything that is wrong with it, each with file, line, key and the way
    out. Relative paths in the file are taken from where it stands.
    """
    _, config, complaints = _read(path)
    if config is None:
        raise ConfigError(complaints)
    return config


def _read(path: FilePath | str | None) -> Read:
    """The same as a value."""
    tree, complaints = (Tree(FilePath("vurti.toml")), []) if path is None else read(path)
    config = config_of(tree, complaints, path)
    return Read(tree, None if complaints else config, tuple(in_order(complaints)))


def config_of(
    tree: Tree, complaints: list[Complaint], path: FilePath | str | None = None
) -> Config | None:
    """What the tree says; None where something is wrong with it, which is complained of. Tests in
    it (`[[test]]`) are not looked at: only `vurti check` runs them."""
    complaints.extend(_unknown_tables(tree))
    poll = bind(PollSettings, tree, ("poll",), complaints)
    subscribers = bind(SubscriberSettings, tree, ("subscribers",), complaints)
    rules = bind(Rules, tree, ("rules",), complaints)
    repository = _repository(tree, complaints)
    log = bind(LogSettings, tree, ("log",), complaints)
    listen = bind(ListenSettings, tree, ("listen",), complaints)
    api = bind(ApiSettings, tree, ("api",), complaints)
    hosts, streams = hosts_of(tree, complaints), streams_of(tree, complaints)
    vms, clusters = vms_of(tree, complaints), clusters_of(tree, complaints)
    sources = sources_of(tree, hosts, complaints)
    sinks = sinks_of(tree, streams, complaints)
    inventory = inventories_of(tree, complaints)
    if complaints or not (poll and subscribers and rules and repository):
        return None
    if not (log and listen and api):
        return None
    return Config(
        path=None if path is None else FilePath(path),
        hosts=hosts,
        vms=vms,
        clusters=clusters,
        poll=poll,
        subscribers=subscribers,
        rules=rules,
        repository=repository,
        sources=sources,
        streams=streams,
        sinks=sinks,
        log=log,
        listen=listen,
        api=api.beside(tree.directory(("api",))),
        inventory=inventory,
        tree=None if path is None else tree,
    )


def in_order(complaints: Iterable[Complaint]) -> list[Complaint]:
    """Each once, in the order of the files."""
    return sorted(set(complaints), key=_place)


def _unknown_tables(tree: Tree) -> list[Complaint]:
    return [
        tree.complaint((name,), "unknown table", way_out(name, (*TABLES, "include")))
        for name in tree.data
        if name not in TABLES
    ]


def _repository(tree: Tree, complaints: list[Complaint]) -> RepositorySettings | None:
    settings = bind(RepositorySettings, tree, ("repository",), complaints)
    return settings and settings.beside(tree.directory(("repository", "url")))


def _place(complaint: Complaint) -> tuple[str, int, str]:
    file, _, line = complaint.where.rpartition(":")
    if line.isdigit():
        return file, int(line), complaint.key
    return complaint.where, 0, complaint.key
