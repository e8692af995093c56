"""How much is wanted of hosts while there is more to do than can be done."""

ALL_SECS, NOTHING_SECS = 0.5, 2.0
"""Where what has come waits to be read for less than the first, all is wanted; nothing from the
second on, when questions are about to time out only since their answers are not read."""


def of_unread(secs: float) -> float:
    """How much more can be taken in, from 1, all, to 0, nothing, where the oldest of what has come
    waits to be read for so long."""
    return min(1.0, max(0.0, (NOTHING_SECS - secs) / (NOTHING_SECS - ALL_SECS)))
