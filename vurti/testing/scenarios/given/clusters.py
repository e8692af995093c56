"""What clusters demand."""

from typing import Any

from vurti.model import Cluster, MemoryThreshold, MigrateOnError
from vurti.testing.scenarios.words import ClusterWords, Given, SettingWords

_AS_THEY_ARE = ("required_networks", "cpu_flags", "level", "upgrade_mode")


def clusters(given: Given) -> list[Cluster]:
    """What the settings demand of one, they demand of all."""
    names = {host.cluster or "" for host in given.named().values()}
    demanded = _demanded(given.settings)
    return [Cluster(name, **demanded) for name in sorted(names)]


def _demanded(settings: SettingWords) -> dict[str, Any]:
    of = settings.cluster
    return {
        **{word: value for word, value in of.said().items() if word in _AS_THEY_ARE},
        "ballooning": settings.ballooning,
        "optional_networks": (*of.optional_networks, *of.non_operational_networks),
        "migrate_on_error": MigrateOnError(of.migrate_on_error or MigrateOnError.NO),
        **_memory(settings, of),
        **_connectivity(of),
    }


def _memory(settings: SettingWords, of: ClusterWords) -> dict[str, Any]:
    """The options are those of the time before each cluster had its own."""
    kind = MemoryThreshold(of.memory_threshold_type)
    absolute = kind is MemoryThreshold.ABSOLUTE
    older = settings.memory_free_mb_min if absolute else settings.memory_percent_max
    said = of.memory_threshold if of.memory_threshold is not None else older
    if said is None:
        said = 1024 if absolute else 95
    return {"memory_threshold_type": kind, "memory_threshold": int(said)}


def _connectivity(of: ClusterWords) -> dict[str, Any]:
    percent = of.broken_connectivity_percent
    return {} if percent is None else {"broken_connectivity_percent": int(percent)}
