"""Ways to do the same within this process, timed in turns."""

import gc
import time
from collections.abc import Callable, Iterator, Mapping

from benchmarks.registry import Figure

Way = Callable[[], Callable[[], object]]
"""Makes ready what it needs, and gives what is to be timed."""


def rounds(count: int, row: str, ways: Mapping[str, Way], items: int) -> Iterator[Figure]:
    """Microseconds of CPU for each of so many items, of each way in each round. The collector of
    garbage is off: it would walk over what all of them have made, at moments that fall on one."""
    gc.disable()
    try:
        for number in range(count):
            turns = list(ways.items())
            for name, way in turns[number % len(turns) :] + turns[: number % len(turns)]:
                run = way()
                began = time.process_time()
                run()
                yield Figure(row, name, 1e6 * (time.process_time() - began) / items)
                gc.collect()
    finally:
        gc.enable()
