"""Settings by their names in the specification, as the rules of vurti."""

from typing import Any

from vurti.decide import Rules
from vurti.model import IntentKind
from vurti.testing.scenarios.words import SettingWords

RULES = {
    "attempts_max": "attempts_max",
    "grace_secs": "grace_secs",
    "grace_spm_secs": "grace_spm_secs",
    "grace_per_vm_secs": "grace_per_vm_secs",
    "nic_grace_secs": "nic_down_secs",  # the option is in seconds, whatever its name says
    "maintenance_retry_secs": "maintenance_retry_secs",
    "reboot_timeout_secs": "server_reboot_secs",
    "stall_secs": "stall_secs",
    "cpu_percent_max": "cpu_percent_max",
    "network_percent_max": "network_percent_max",
    "swap_percent_max": "swap_percent_max",
    "swap_free_mb_min": "swap_free_mb_min",
    "disk_free_mb_min": "disk_free_mb_min",
    "disk_free_mb_critical": "disk_critical_mb_min",
    "drift_secs": "clock_drift_secs",
    "drift": "clock_drift",
    "balloon_bad_samples": "balloon_samples_max",
    "ignore_external_vms": "maintenance_ignores_external_vms",
    "quiet_secs": "fence_quiet_secs",
}
"""Words of settings, and the rules that they set."""


def rules(settings: SettingWords) -> Rules:
    """The rules at their defaults but for what is said; every intent is switched on."""
    said = settings.said()
    chosen: dict[str, Any] = {RULES[name]: value for name, value in said.items() if name in RULES}
    if settings.recovery_minutes is not None:
        chosen["recovery_secs"] = settings.recovery_minutes * 60
    if settings.auto_recovery is not None:
        chosen["auto_recovery"] = settings.auto_recovery.hosts
    return Rules(intents=tuple(IntentKind), **chosen)
