"""Waiting for a condition with a deadline: for tests that nothing tells that it is so."""

import time
from collections.abc import Callable

import gevent

WAIT_SECS = 30.0


def wait_for(
    condition: Callable[[], object],
    what: str,
    secs: float = WAIT_SECS,
    look_secs: float = 0.02,
    *,
    but: Callable[[], object] = lambda: "",
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Until it holds, looked at so often; an AssertionError says `what` never came, and what there
    is instead: that is asked of `but`."""
    deadline = time.monotonic() + secs
    while not condition():
        assert time.monotonic() < deadline, f"{what}: not within {secs:g} s {but()}".rstrip()
        sleep(look_secs)


def until(condition: Callable[[], object], what: str = "it", secs: float = 10.0) -> None:
    """The same in a process whose tasks are gevent's, which go on meanwhile."""
    wait_for(condition, what, secs, 0.005, sleep=gevent.sleep)
