"""The scopes of one adapter, over one store: which there are, and what is in which."""

from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping
from functools import partial
from typing import Any

from loguru import logger
from msgspec.structs import replace

from vurti.adapter.leaving import let_go
from vurti.adapter.live import Live
from vurti.adapter.membership import dealt
from vurti.adapter.parts import Parts, Store
from vurti.adapter.scope import Scope, Told
from vurti.clock import Signal, Worker
from vurti.decide import Rules
from vurti.errors import Fenced, StoreError
from vurti.model import Cluster, Host, Reload, Vds, VmFacts
from vurti.streams.crossings import Crossings
from vurti.streams.switch import Switch

RETRY_SECS = 2.0


class Scopes:
    """Opened once. `of` are those that run, by their names; the first is there always."""

    def __init__(self, parts: Parts, told: Told) -> None:
        self.of: dict[str, Scope] = {}
        self.live = Live(parts.clock, parts.subscribers)
        self.switch = Switch(self._moved)
        self._parts, self._told = parts, told
        self._crossings = Crossings(parts.clock)
        self._worker: Worker | None = None
        self._store: Store | None = None
        self._memberships: dict[str, str] = {}
        self._settling: Signal | None = None
        self._ended = False
        self._rules: dict[str, Any] | None = None  # where they are not those of the start
        self._last: dict[str, Reload] | None = None

    @property
    def store(self) -> Store:
        """That of the first scope."""
        assert self._store is not None
        return self._store

    def open(self) -> None:
        """Open the store, and start every scope that has something in it. Raises StoreError."""
        self._worker = self._parts.clock.worker()
        try:
            self._store = self._parts.store(self._worker)
            self._begin(self.store)
            self._memberships = self.store.memberships()
            for name in self.store.scopes():
                self._ensure(name)
        except BaseException:
            self.close()
            raise

    def settle(
        self, hosts: Iterable[Host], vms: Iterable[VmFacts], clusters: Iterable[Cluster]
    ) -> None:
        """These hosts are watched from now on, each in the scope of its cluster; what is in another
        scope goes there. Waits for the store where a cluster or a scope is new, however long that
        takes; others who call it meanwhile wait for that. Raises Fenced."""
        while self._settling is not None:
            self._settling.wait()
        self._settling = self._parts.clock.signal()
        try:
            self._settle(tuple(hosts), tuple(vms), tuple(clusters))
        finally:
            done, self._settling = self._settling, None
            done.set()

    def judge_by(self, rules: Rules) -> None:
        """By these rules from now on; hosts and facts are as they were last told. Never yields."""
        self._rules = rules.model_dump(mode="json")
        if self._last is not None:
            self._last = {name: replace(one, rules=self._rules) for name, one in self._last.items()}
            for name, reload in self._last.items():
                self.switch.put(name, reload)

    def demand(self) -> float:
        """How much more all scopes can take in, from 1 to 0: see Writing.demand."""
        return min(scope.writing.demand() for scope in self.of.values())

    def awaits_answers(self) -> bool:
        """Something is decided soon unless some host tells otherwise before: see Pipeline."""
        return any(scope.pipeline.awaits_answers() for scope in self.of.values())

    def counts(self) -> tuple[Counter[str], Counter[str]]:
        """How many hosts and how many VMs are in each status now."""
        hosts, vms = Counter[str](), Counter[str]()
        for scope in self.of.values():
            of_hosts, of_vms = scope.pipeline.counts()
            hosts.update(of_hosts)
            vms.update(of_vms)
        return hosts, vms

    def host(self, host: str) -> Host | None:
        """It as it is watched, None where it is not. May be called from any thread."""
        watched = (scope.view.hosts or {} for scope in tuple(self.of.values()))
        return next((hosts[host] for hosts in watched if host in hosts), None)

    def vdss(self) -> list[Vds]:
        """All hosts that are known."""
        rows = (row for scope in self.of.values() for row in scope.view.vdss.values())
        return [row.value for row in rows if isinstance(row.value, Vds)]

    def knows_host(self, host: str) -> bool:
        return any(host in scope.view.vdss for scope in self.of.values())

    def knows_vm(self, vm: str, named: Container[str]) -> bool:
        """Recorded, or named by those who keep an inventory; before the first input has told the
        fold of them, by the configuration."""
        views = [scope.view for scope in self.of.values()]
        if any(vm in view.vms for view in views):
            return True
        return vm in (named if views[0].hosts is None else views[0].facts)

    def end(self) -> None:
        """Nothing more is decided."""
        self._ended = True
        for scope in self.of.values():
            scope.pipeline.close()
        self.live.complete()

    def drain(self) -> int:
        """Store everything that was decided; gives how many changes could not be. All scopes at
        once: they may wait for each other."""
        for scope in self.of.values():
            scope.writing.finish()
        ended = [(scope.writing.stop(), scope.writing) for scope in self.of.values()]
        return sum(writing.backlog() for well, writing in ended if not well)

    def close(self) -> None:
        """Let the store go. May be called twice."""
        let_go(self._parts.clock, self._store, self._worker)

    def _settle(
        self, hosts: tuple[Host, ...], vms: tuple[VmFacts, ...], clusters: tuple[Cluster, ...]
    ) -> None:
        sizes = Counter(host.cluster for host in hosts)
        scope_of_cluster = dealt(self._parts.division, sizes, self._memberships)
        if self._parts.division.mode != "system" and scope_of_cluster != self._memberships:
            self._patiently(lambda: self.store.deal(scope_of_cluster))
        self._memberships = scope_of_cluster
        scope_of = {host.id: scope_of_cluster[host.cluster] for host in hosts}
        for name in dict.fromkeys(scope_of.values()):
            self._patiently(partial(self._ensure, name))
        self._last = self._reloads(scope_of, hosts, vms, clusters)
        self.switch.settle(scope_of, self._last)

    def _patiently(self, action: Callable[[], None]) -> None:
        """Hosts of a new cluster must not be lost to a store that is away for a while."""
        clock, told = self._parts.clock, False
        while True:
            try:
                action()
                return
            except Fenced:
                raise
            except StoreError as error:
                if self._ended:
                    raise
                if not told:
                    logger.warning("hosts of a new cluster wait for the store: {}", error)
                told = True
                clock.sleep_until(clock.now() + RETRY_SECS)

    def _reloads(
        self,
        scope_of: Mapping[str, str],
        hosts: tuple[Host, ...],
        vms: tuple[VmFacts, ...],
        clusters: tuple[Cluster, ...],
    ) -> dict[str, Reload]:
        theirs: dict[str, list[Host]] = {name: [] for name in self.of}
        for host in hosts:
            theirs[scope_of[host.id]].append(host)
        rules = self._rules
        return {name: Reload(tuple(some), vms, clusters, rules) for name, some in theirs.items()}

    def _ensure(self, name: str) -> None:
        if name not in self.of:
            self._begin(self.store.another(name))

    def _begin(self, store: Store) -> None:
        loaded = store.start()
        scope = Scope(
            self._parts, store, loaded, self.switch, self.live, self._crossings, self._told
        )
        self.of[scope.name] = scope
        self.switch.add(scope)
        self._told.begun(scope)

    def _moved(self, crossing: str, origin: str, to: str, things: tuple[str, ...]) -> None:
        """What was told of why goes along; the two writers have to store this together."""
        here, there = self.of[origin], self.of[to]
        self._crossings.begin(
            crossing,
            lambda left, joined: here.store.cross(there.store, left, joined, things),
        )
        for thing in things:
            told = here.writing.explanation(thing)
            if told is not None:
                there.writing.take_over(told)
