"""A sink with the thread that it works in: for all who tell it something, one after the other."""

from collections.abc import Sequence

from loguru import logger

from vurti.clock import Clock, Timeout
from vurti.sinks.errors import told
from vurti.streams.sink import Item, Later, Outcome, Sink

CUT_OFF_SECS = 1.0
"""A sink keeps to its time by itself; one that does not is cut off so much later."""


class Outlet:
    """Each scope has a log of its own, and tells the same sink: so the two are apart."""

    def __init__(self, name: str, sink: Sink, clock: Clock, timeout_secs: float) -> None:
        self._name, self._sink, self._clock = name, sink, clock
        self._timeout_secs = timeout_secs
        self._worker = clock.worker()

    def send(self, items: Sequence[Item]) -> Outcome:
        """One attempt. Yields until it has an outcome; raises nothing."""
        try:
            with self._clock.timeout(self._timeout_secs + CUT_OFF_SECS):
                return self._worker.run(self._sink.send, items)
        except Timeout:
            self._sink.abort()
            return Later(f"no answer in {self._timeout_secs:g} s")
        except Exception as error:  # noqa: BLE001 - a sink of others may raise anything
            logger.opt(exception=error).error("sink {} raised", self._name)
            return Later(told(error))

    def close(self) -> None:
        """Be gone on return, or a moment later: what hangs there harms nobody any more."""
        self._sink.abort()
        try:
            with self._clock.timeout(CUT_OFF_SECS):
                self._worker.run(self._sink.close)
                self._worker.close()
        except Timeout:
            logger.warning("sink {} hangs: its thread ends with the process", self._name)
