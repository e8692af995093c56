"""The grace: how long a host that does not answer is only Connecting (§4)."""

from vurti.decide.rules import Rules
from vurti.decide.view import VdsMemory


def grace_secs(rules: Rules, vm_count: int, spm: bool = False) -> int:
    """Whole seconds; each VM on the host adds to it, since a busy host answers later, and so does
    that it manages the storage of its pool."""
    of_spm = rules.grace_spm_secs if spm else 0
    return int(rules.grace_secs + of_spm + rules.grace_per_vm_secs * vm_count)


def grace_until(rules: Rules, vm_count: int, heard: VdsMemory, spm: bool = False) -> float:
    """Up to when the host's last answer protects it; long past if it never answered."""
    if heard.last_ok is None:
        return float("-inf")
    return heard.last_ok + grace_secs(rules, vm_count, spm)


def in_grace(rules: Rules, vm_count: int, heard: VdsMemory, at: float, spm: bool = False) -> bool:
    """Both limits must be exceeded: enough failures, and enough time since the last answer."""
    if heard.failures <= rules.attempts_max:
        return True
    return at <= grace_until(rules, vm_count, heard, spm)
