"""Signals of the operating system, served beside everything else."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import gevent


@contextmanager
def on_signals(callback: Callable[[], object], *signals: signal.Signals) -> Iterator[None]:
    """Call `callback` in a greenlet of its own at each of these signals while the block runs."""
    watchers = [gevent.signal_handler(one, callback) for one in signals]
    try:
        yield
    finally:
        for watcher in watchers:
            watcher.cancel()
