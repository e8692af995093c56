"""Settings by their names in the specification, as the rules of vurti."""

from vurti.decide import Rules
from vurti.model import IntentKind
from vurti.testing.scenarios.words import SettingWords

RULES = {
    "attempts_max": "attempts_max",
    "grace_secs": "grace_secs",
    "grace_spm_secs": "grace_spm_secs",
    "grace_per_vm_secs": "grace_per_vm_secs",
}
"""Words of settings, and the rules that they set."""


def rules(settings: SettingWords) -> Rules:
    """The rules at their defaults but for what is said; every intent is switched on."""
    said = settings.said()
    chosen = {RULES[name]: value for name, value in said.items() if name in RULES}
    if "recovery_minutes" in said:
        chosen["recovery_secs"] = said["recovery_minutes"] * 60
    return Rules(intents=tuple(IntentKind), **chosen)
