"""Memory that is free goes back to the system."""

import ctypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from vurti.clock import Clock

EVERY_SECS = 60.0


@contextmanager
def giving_memory_back(
    clock: Clock, give_back: Callable[[], object] | None = None, secs: float = EVERY_SECS
) -> Iterator[None]:
    """Every so many seconds, in a thread of its own, while the block runs.

    Answers of some ten KB each come and go between small values that stay: the C library keeps the
    holes, which after a start are a third of what the process takes. `give_back` closes them; by
    default it is glibc's, and where there is another library nothing is done."""
    give_back = give_back or _malloc_trim()
    if give_back is None:
        yield
        return
    worker = clock.worker()
    task = clock.spawn(lambda: _repeat(clock, lambda: worker.run(give_back), secs))
    try:
        yield
    finally:
        task.kill()
        worker.close()


def _repeat(clock: Clock, action: Callable[[], object], secs: float) -> None:
    while True:
        clock.sleep_until(clock.now() + secs)
        action()


def _malloc_trim() -> Callable[[], object] | None:
    try:
        trim = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError):
        return None
    trim.argtypes = [ctypes.c_size_t]
    return lambda: trim(0)
