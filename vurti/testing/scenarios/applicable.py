"""What vurti does otherwise on purpose, with the reason. A scenario that rests on it is not
applicable; docs/scenarios.md lists all of this."""

from collections.abc import Iterator

from vurti.testing.scenarios.words import HostWords, Scenario, SettingWords

CADENCE = "cadence"

_RHYTHM = "vurti asks in its own rhythm"
_SOURCE = "how hosts are asked is set for their sources, not by rules"
_ACTING = "vurti says what should be done; whoever does it counts and repeats its attempts"
_FENCING = "vurti says whom to fence; how that goes is not its matter"

SETTINGS: dict[str, tuple[object, str]] = {
    "refresh_secs": (3, _RHYTHM),
    "refreshes_before_save": (5, _RHYTHM),
    "timeout_secs": (180, _SOURCE),
    "connect_timeout_secs": (20, _SOURCE),
    "retries": (0, _SOURCE),
    "heartbeat_secs": (30, _SOURCE),
    "stall_check_secs": (900, "vurti looks when it is due, not every so often"),
    "history_samples": (40, "vurti keeps the latest sample, no history"),
    "rerun_hosts_max": (3, _ACTING),
    "restart_check_secs": (1, _ACTING),
    "restart_retry_secs": (30, _ACTING),
    "restart_retry_late_secs": (1800, _ACTING),
    "restart_tries": (10, _ACTING),
    "restart_priority_secs": (600, _ACTING),
    "auto_recovery_schedule": ("0 0/5 * * * ?", "vurti tries each host at moments of its own"),
    "fence_again_secs": (180, _FENCING),
    "kdump_secs": (30, _FENCING),
    "lease_failures_first": (10, "how often a lost host is asked in vain is a fixed rule"),
    "lease_failures_again": (100, "how often a lost host is asked in vain is a fixed rule"),
    "lease_alive_secs": (90, _FENCING),
    "nic_names_left_out": (
        "lo[0-9]*,Loopback.*,tun[0-9]*,veth[0-9a-f]*",
        "which interfaces of guests count is a fixed rule",
    ),
}
"""Options that vurti has not, their default, and why. One at its default demands nothing."""

HOST_WORDS: dict[str, str] = {
    "boot_id": "vurti keeps no boot_uuid, since it is no sign of a reboot",
}
"""What is expected of a host's record and vurti does not keep."""


def reason_against(scenario: Scenario) -> str:
    """Why it cannot be applied to vurti; "" where it can."""
    if scenario.note.strip().lower().startswith(CADENCE):
        return f"it is about the engine's own poll schedule; {_RHYTHM}"
    return next(_against_settings(scenario), "") or next(_against_words(scenario), "")


def _against_settings(scenario: Scenario) -> Iterator[str]:
    for name, value in scenario.given.settings.said().items():
        if name in SETTINGS and value != SETTINGS[name][0]:
            option = SettingWords.model_fields[name].alias
            yield f"{option} is not a setting of vurti: {SETTINGS[name][1]}"


def _against_words(scenario: Scenario) -> Iterator[str]:
    for then in (scenario.then, *(scenario.each or ())):
        for words in ((then and then.hosts) or {}).values():
            for name in words.said() if isinstance(words, HostWords) else ():
                if name in HOST_WORDS:
                    yield f"{name} of a host is not compared: {HOST_WORDS[name]}"
