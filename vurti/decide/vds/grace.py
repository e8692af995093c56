"""The grace: how long a host that does not answer is only Connecting (§4)."""

from vurti.decide.rules import Rules
from vurti.decide.view import VdsMemory


def grace_secs(rules: Rules, vm_count: int) -> int:
    """Whole seconds; each VM on the host adds to it, since a busy host answers later."""
    return int(rules.grace_secs + rules.grace_per_vm_secs * vm_count)


def grace_until(rules: Rules, vm_count: int, heard: VdsMemory) -> float:
    """Up to when the host's last answer protects it; long past if it never answered."""
    if heard.last_ok is None:
        return float("-inf")
    return heard.last_ok + grace_secs(rules, vm_count)


def in_grace(rules: Rules, vm_count: int, heard: VdsMemory, at: float) -> bool:
    """Both limits must be exceeded: enough failures, and enough time since the last answer."""
    return heard.failures <= rules.attempts_max or at <= grace_until(rules, vm_count, heard)
