"""The interpreter, told what kind of program this is."""

import gc
import sys

THRESHOLDS = (50_000, 20, 50)
SWITCH_SECS = 0.0002
"""A thread that stores or reads gives the interpreter back for each row, and waits so long at most
to have it again while the event loop is busy: by Python's own 5 ms a page of 500 rows took 2 s."""


def calm_the_collector() -> None:
    """Collect seldom. The values that flow are frozen and never form a circle, so counting frees
    them; what looks for circles would only walk the fleet again and again, and delay the polls."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)


def share_the_interpreter() -> None:
    """Let the threads of the store have their turn soon."""
    sys.setswitchinterval(SWITCH_SECS)
