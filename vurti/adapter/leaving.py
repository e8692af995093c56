"""The end: a database that does not answer keeps nobody from ending."""

from loguru import logger

from vurti.adapter.parts import Store
from vurti.clock import Clock, Worker
from vurti.clock.port import Timeout

SECS_MAX = 10.0


def let_go(clock: Clock, store: Store | None, worker: Worker | None) -> None:
    """Close the store, then the thread in which it blocks. A thread that is still held by its
    database after SECS_MAX is left to the end of the process."""
    try:
        with clock.timeout(SECS_MAX):
            if store is not None:
                store.close()
            if worker is not None:
                worker.close()
    except Timeout:
        logger.error("the database does not answer: vurti ends without closing it")
