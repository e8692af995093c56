"""`vurti run`: the pipeline over the hosts of a configuration."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from loguru import logger

from vurti.adapter import PushAdapter
from vurti.clock.gevent_signals import on_signals
from vurti.config import Config
from vurti.errors import StoreError
from vurti.model.commit import Logged
from vurti.service.answering import answering
from vurti.service.follower import Follower
from vurti.service.interpreter import calm_the_collector, share_the_interpreter
from vurti.service.logs import log_bugs, log_to_stderr, sweeping
from vurti.service.memory import giving_memory_back
from vurti.service.notify import Supervision
from vurti.service.redaction import Redaction, secrets_of
from vurti.service.summary import summing_up
from vurti.service.told import Told
from vurti.wire.ndjson import line


def run_service(
    config: Config, for_secs: float | None = None, events_out: TextIO | None = None
) -> None:
    """Watch until SIGINT, SIGTERM or the end of `for_secs`; then store everything decided.

    Every committed event is a line of the log; with `events_out` it goes there as NDJSON instead.
    Raises StoreError where the store cannot be used, is taken over by another start, or could not
    take everything at the end.
    """
    log = log_to_stderr(config.log, Redaction(secrets_of(config)))
    log_bugs()
    told = Told(log.events)
    adapter = PushAdapter(config, on_committed=told)
    log.redact.follow(lambda: adapter.watching.in_force if adapter.watching is not None else None)
    with sweeping(log, adapter.clock), _following(adapter, config, events_out, told):
        calm_the_collector()
        share_the_interpreter()
        stopping = on_signals(adapter.stop, signal.SIGINT, signal.SIGTERM)
        supervision = Supervision(adapter.clock)
        rereading = on_signals(lambda: _reread(adapter, supervision), signal.SIGHUP)
        with (
            stopping,
            rereading,
            answering(adapter, config, log, told) as answers,
            supervision.over(answers.health, "storing what was decided"),
            summing_up(adapter, config.log.summary_secs),
            giving_memory_back(adapter.clock),
        ):
            # Whoever reads that it watches may end it: so by then it must end in order.
            hosts, place = len(config.hosts), config.repository.place
            logger.info("watching {} hosts, storing in {}", hosts, place)
            adapter.run(for_secs)
    if adapter.unstored:
        raise StoreError(
            f"stopped, and {adapter.unstored} changes could not be stored: what they led to is"
            " found and told at the next start, as far as it still is so"
        )
    logger.info("stopped, everything decided is stored")


def _reread(adapter: PushAdapter, supervision: Supervision) -> None:
    """At a SIGHUP, which may come at any time."""
    try:
        with supervision.reloading():
            adapter.reload()
    except RuntimeError as error:
        logger.warning("nothing is read again: {}", error)


@contextmanager
def _following(
    adapter: PushAdapter, config: Config, out: TextIO | None, told: Told
) -> Iterator[None]:
    """The adapter, and around it who follows it: the last events come as it closes."""

    def rendered(logged: Logged) -> str:
        host = adapter.host(logged.event.host or "")
        return line(logged.event, logged.committed_at, host.cluster if host else "")

    try:
        with adapter:
            if out is not None:
                where = config.repository
                told.follower = Follower(adapter.clock, where.url, rendered, out)
            yield
    finally:
        if told.follower is not None:
            told.follower.close()
