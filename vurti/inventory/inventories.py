"""All inventories as one: which hosts are watched, and what is known of VMs."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

from loguru import logger

from vurti.clock import Clock, Task
from vurti.errors import VurtiError
from vurti.inventory.inventory import Inventory, named
from vurti.inventory.settings import InventoryRules
from vurti.inventory.shrinking import Guard
from vurti.model import Cluster, Host, VmFacts


class Watch(Protocol):
    """Watch exactly these hosts. With `keep_others` those that are known besides stay, unasked."""

    def __call__(
        self,
        hosts: tuple[Host, ...],
        vms: tuple[VmFacts, ...],
        clusters: tuple[Cluster, ...],
        *,
        keep_others: bool,
    ) -> object: ...


class Status(NamedTuple):
    """How it stands with one inventory, for summaries. `held` are the hosts and VMs that it lacks
    and that are not given up yet, `bad` its entries that cannot be used. It has `answered` once it
    has told what there is."""

    name: str
    hosts: int
    vms: int
    asked: int
    failed: int
    held: int
    bad: int
    failure: str | None
    answered: bool = True


class Inventories:
    """Where several inventories name one host or VM, the first counts.

    Nothing is removed before each of them has answered once. What then is missing of the hosts that
    the repository knows from before is doubted just as what is missing from an inventory is: by
    whole rounds of answers.
    """

    def __init__(
        self, clock: Clock, inventories: Sequence[Inventory], rules: InventoryRules
    ) -> None:
        self._clock, self._inventories = clock, tuple(inventories)
        self._rules = rules
        self._dirty = clock.signal()
        self._tasks: list[Task] = []
        self._rounds: dict[str, int] = {}
        self._remembered = Guard[None](rules)
        self._settled = False
        self._clashes: frozenset[tuple[str, str, str]] = frozenset()
        self._last: object = None

    def start(self, watch: Watch, known: Iterable[str]) -> None:
        """Ask from now on and say what is to be watched, first at once. `known` are the hosts that
        the repository knows. Raises what `watch` raises at that first time."""
        self._remembered = Guard(self._rules, dict.fromkeys(known))
        alone = len(self._inventories) <= 1  # the configuration, and a start is its own word
        self._settled = alone and all(one.answered for one in self._inventories)
        self._tell(watch)
        for one in self._inventories:
            one.start(self._clock, self._dirty.set)
        self._tasks.append(self._clock.spawn(self._follow, watch))

    def ask_now(self) -> None:
        """Ask each of them at once. Never yields."""
        for one in self._inventories:
            one.ask_now()

    def close(self) -> None:
        """End, whatever is under way. May be called twice."""
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.kill()
        if tasks:
            for one in self._inventories:
                one.close(self._clock)

    def statuses(self) -> list[Status]:
        """Each inventory, in the order in which they count; then what the repository knew, where
        that is not given up."""
        found = [
            Status(
                one.name, len(one.hosts), len(one.vms), one.asked, one.failed, len(one.held),
                len(one.flaws), one.failure, one.answered,
            )
            for one in self._inventories
        ]  # fmt: skip
        held = len(self._remembered.held)
        return [*found, Status("repository", 0, 0, 0, 0, held, 0, None)] if held else found

    def _follow(self, watch: Watch) -> None:
        while True:
            self._dirty.wait()
            self._dirty.clear()
            try:
                self._tell(watch)
            except VurtiError as error:
                logger.error("not every host of the inventories can be watched: {}", error)

    def _tell(self, watch: Watch) -> None:
        hosts, vms, clusters = self._merged()
        self._settle({host.id for host in hosts})
        told = (hosts, vms, clusters, self._settled)
        if told != self._last:
            self._last = told
            watch(hosts, vms, clusters, keep_others=not self._settled)

    def _merged(self) -> tuple[tuple[Host, ...], tuple[VmFacts, ...], tuple[Cluster, ...]]:
        hosts: dict[str, tuple[str, Host]] = {}
        vms: dict[str, VmFacts] = {}
        clusters: dict[str, Cluster] = {}
        clashes = set[tuple[str, str, str]]()
        for one in self._inventories:
            for host in one.hosts.values():
                first, _ = hosts.setdefault(host.id, (one.name, host))
                if first != one.name:
                    clashes.add((one.name, first, host.id))
            vms = {**one.vms, **vms}
            clusters.update({cluster.id: cluster for cluster in one.clusters})
        self._say_clashes(frozenset(clashes))
        merged = tuple(host for _, host in hosts.values())
        return merged, tuple(vms.values()), tuple(clusters.values())

    def _say_clashes(self, clashes: frozenset[tuple[str, str, str]]) -> None:
        if clashes == self._clashes:
            return
        self._clashes = clashes
        for name, first in sorted({(name, first) for name, first, _ in clashes}):
            hosts = frozenset(id_ for one, other, id_ in clashes if (one, other) == (name, first))
            logger.warning(
                "inventory {!r} names {} hosts that {!r} names before it, whose word counts: {}",
                name, len(hosts), first, named(hosts),
            )  # fmt: skip

    def _settle(self, hosts: set[str]) -> None:
        """Whether what the repository knew besides may go: once a round of all answers is there."""
        rounds = {one.name: one.round for one in self._inventories if one.is_asked}
        if self._settled or not all(one.answered for one in self._inventories):
            return
        if any(count <= self._rounds.get(name, -1) for name, count in rounds.items()):
            return
        self._rounds = rounds
        before = self._remembered.held
        self._remembered.take(dict.fromkeys(hosts))
        held = self._remembered.held
        self._settled = not held
        if held and held != before:
            logger.warning(
                "{} hosts that were watched before are in no inventory, and stay until {} answers"
                " in a row lack the same: {}",
                len(held), self._rules.shrink_confirmations, named(held),
            )  # fmt: skip
