"""What is worst, and how many are how. Pure; `now` is vurti's clock, seconds since 1970."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple, TypeVar

from vurti.cli.terminal.fleet import Fleet, Host, Vm
from vurti.cli.terminal.looks import Look, of_host, of_vm
from vurti.model import VdsStatus, VmStatus

T = TypeVar("T", Host, Vm)
Words = Sequence[str]
_DIGITS = re.compile(r"(\d+)")


class Cluster(NamedTuple):
    """A cluster: how many of its hosts and of their VMs look how."""

    name: str
    hosts: Counter[Look]
    vms: Counter[Look]

    @property
    def worst(self) -> int:
        """The rank of its worst host."""
        return min((look.rank for look in self.hosts), default=9)


def by_cluster(fleet: Fleet, now: float) -> dict[str, Cluster]:
    """Every cluster by its name, and as "" what no cluster has, VMs included that run nowhere."""
    found: dict[str, Cluster] = {}
    for host in fleet.hosts.values():
        cluster = found.get(host.cluster)
        if cluster is None:
            cluster = found[host.cluster] = Cluster(host.cluster, Counter(), Counter())
        stale = fleet.stale(host.id, now)
        cluster.hosts[of_host(host.status, stale, host.slow)] += 1
        _add(cluster.vms, fleet.looks_on(host.id), stale)
    nowhere: Counter[Look] = Counter()
    _add(nowhere, fleet.looks_on(None), False)
    if nowhere:
        found.setdefault("", Cluster("", Counter(), Counter())).vms.update(nowhere)
    return found


def worst_clusters(clusters: Iterable[Cluster], words: Words = ()) -> list[Cluster]:
    """Worst first, then by name."""
    fitting = (one for one in clusters if fits(words, one.name))
    return sorted(fitting, key=lambda one: (one.worst, not one.name, natural(one.name)))


def worst_hosts(fleet: Fleet, now: float, words: Words = ()) -> list[Host]:
    """Worst first; among equals the latest first, and those that are well by name. Only those
    which have all the words."""
    return _sorted(fleet, fleet.hosts.values(), now, words, _told_of_host, VdsStatus.UP)


def worst_vms(fleet: Fleet, vms: Iterable[Vm], now: float, words: Words = ()) -> list[Vm]:
    """The same of VMs."""

    def told(vm: Vm) -> tuple[str, ...]:
        look = fleet.look(vm, now)
        return vm.called, vm.id, look.word, vm.run_on or "", fleet.cluster_of(vm), vm.why

    return _sorted(fleet, vms, now, words, told, VmStatus.UP)


def fits(words: Words, *told: str) -> bool:
    """Whether each of the words, which are folded, is part of what is told."""
    if not words:
        return True
    text = "\n".join(told).casefold()
    return all(word in text for word in words)


@lru_cache(1 << 17)
def natural(name: str) -> tuple[str | tuple[int, str], ...]:
    """A key by which host-9 comes before host-10."""
    parts = enumerate(_DIGITS.split(name))
    return tuple((len(part.lstrip("0")), part) if at % 2 else part for at, part in parts)


def _sorted(
    fleet: Fleet,
    things: Iterable[T],
    now: float,
    words: Words,
    told: Callable[[T], tuple[str, ...]],
    well: str,
) -> list[T]:
    bad: list[tuple[int, float, T]] = []
    good: list[T] = []
    for one in things:
        if words and not fits(words, *told(one)):
            continue
        look = fleet.look(one, now)
        if look.word == well:
            good.append(one)
        else:
            bad.append((look.rank, -one.since, one))
    bad.sort(key=lambda row: (row[0], row[1], row[2].id))
    good.sort(key=_name)
    return [row[2] for row in bad] + good


def _name(one: Host | Vm) -> tuple[str | tuple[int, str], ...]:
    return natural(one.id if isinstance(one, Host) else one.called)


def _told_of_host(host: Host) -> tuple[str, ...]:
    return host.id, host.cluster, host.status, host.why, host.reason


def _add(counts: Counter[Look], more: Iterable[tuple[Look, int]], stale: bool) -> None:
    for look, count in more:
        shown = of_vm(VmStatus.UP, True) if stale and look.word == VmStatus.UP else look
        counts[shown] += count


def total(clusters: Iterable[Cluster]) -> Cluster:
    """All of them as one."""
    hosts: Counter[Look] = Counter()
    vms: Counter[Look] = Counter()
    for one in clusters:
        hosts.update(one.hosts)
        vms.update(one.vms)
    return Cluster("", hosts, vms)
