"""How a maintenance is told to people."""

from vurti.cli.announcing import clock
from vurti.cli.tables import ago
from vurti.model import Expectation


def note(one: Expectation | None, now: float) -> str:
    """`until 16:30:00: new memory`, for people; empty where there is none."""
    if one is None:
        return ""
    over = f"was to end {ago(one.expires_at, now)}"
    until = f"until {clock(one.expires_at)}" if one.expires_at > now else over
    return until + (f": {one.why}" if one.why else "")
