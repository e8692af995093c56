"""Which scope a cluster is in: dealt once, and then kept."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from vurti.model.scope import SYSTEM

Mode = Literal["system", "cluster", "divided"]

"""The scope of all, or of the hosts that are in no cluster; what concerns nobody is told to it."""


class Division(NamedTuple):
    """How the fleet is divided: into one scope, into one for each cluster, or into `parts`."""

    mode: Mode = "system"
    parts: int = 1

    def is_one(self, scope: str) -> bool:
        """Whether it has this scope for some cluster."""
        match self.mode:
            case "system":
                return scope == SYSTEM
            case "cluster":
                return scope == SYSTEM or scope.startswith(_CLUSTER)
            case "divided":
                return scope in self.all_parts

    @property
    def all_parts(self) -> list[str]:
        return [f"part.{number}" for number in range(1, self.parts + 1)]


_CLUSTER = "cluster."


def dealt(division: Division, hosts: Mapping[str, int], known: Mapping[str, str]) -> dict[str, str]:
    """The scope of each cluster, of which `hosts` says how many hosts it has, and of every one that
    is `known` already. One that has a scope keeps it, if the division has such a scope at all; the
    others go to the part that has the fewest hosts, the largest first."""
    if division.mode != "divided":
        return {cluster: _only(division, cluster) for cluster in hosts}
    kept = {cluster: scope for cluster, scope in known.items() if division.is_one(scope)}
    load = dict.fromkeys(division.all_parts, 0)
    for cluster, scope in kept.items():
        load[scope] += hosts.get(cluster, 0)
    fresh = sorted(hosts.keys() - kept.keys(), key=lambda one: (-hosts[one], one))
    for cluster in fresh:
        scope = min(load, key=lambda part: (load[part], division.all_parts.index(part)))
        kept[cluster] = scope
        load[scope] += hosts[cluster]
    return kept


def _only(division: Division, cluster: str) -> str:
    return f"{_CLUSTER}{cluster}" if division.mode == "cluster" and cluster else SYSTEM
