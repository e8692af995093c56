"""The two clocks of a scenario: its own, in seconds, and the wall clock that goes with it."""

from datetime import UTC, datetime

from vurti.testing.fold import WALL

NAMED_AT = 1000.0
"""The second of the scenario at which `wall_clock` is so late."""

_FORMS = ("%Y-%m-%dT%H:%M:%S GMT", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S")


def wall_at_zero(wall_clock: str | None) -> float:
    """The wall seconds that belong to second 0. Raises ValueError for what is no time."""
    if wall_clock is None:
        return WALL
    for form in _FORMS:
        try:
            return datetime.strptime(wall_clock, form).replace(tzinfo=UTC).timestamp() - NAMED_AT
        except ValueError:
            continue
    raise ValueError(f"no time: {wall_clock!r}, write it as 2026-01-01T00:00:00 GMT")
