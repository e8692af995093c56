"""Hosts as they are given: the record, the configuration, and what is remembered beside them."""

from vurti.decide.view import VdsMemory
from vurti.model import Host, NonOperationalReason, Vds, VdsStatus
from vurti.testing.scenarios.words import HostWords


def watched(id_: str, of: HostWords) -> Host:
    """The host as the configuration has it."""
    return Host(id_, cluster=of.cluster or "")


def vds(id_: str, of: HostWords) -> Vds:
    """Its record."""
    return Vds(
        id_,
        of.cluster or "",
        of.status or VdsStatus.UP,
        of.non_operational_reason or NonOperationalReason.NONE,
    )


def heard(of: HostWords, at: float, seen: bool) -> VdsMemory:
    """What is remembered of it. `seen`: an answer about its VMs was taken in before now, `at`."""
    return VdsMemory(
        last_ok=of.last_ok,
        failures=of.failures or 0,
        listed_at=at - 2 if seen else None,
    )


def memory(id_: str, of: HostWords, at: float) -> list[object]:
    """What is remembered of it elsewhere."""
    return []
