"""The garbage collector, told what kind of program this is."""

import gc

THRESHOLDS = (50_000, 20, 50)


def calm_the_collector() -> None:
    """Collect seldom. The values that flow are frozen and never form a circle, so counting frees
    them; what looks for circles would only walk the fleet again and again, and delay the polls."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
