"""What vurti does not judge on purpose, with the reason. A scenario about it is not applicable."""

from vurti.testing.scenarios.words import Scenario

CADENCE = "cadence"

SETTINGS: dict[str, str] = {}
"""Options that vurti does not have."""

HOST_WORDS: dict[str, str] = {}
"""Fields of hosts that vurti does not have."""


def reason_against(scenario: Scenario) -> str:
    """Why it cannot be applied to vurti; "" where it can."""
    if scenario.note.strip().lower().startswith(CADENCE):
        return "it is about the engine's own poll schedule; vurti asks in its own rhythm"
    return ""
