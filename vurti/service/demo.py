"""`vurti demo`: a fleet that lives in this process, watched by the very pipeline of `vurti run`."""

import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

from vurti.adapter import PushAdapter
from vurti.clock import Clock
from vurti.clock.gevent_signals import on_signals
from vurti.config import Config
from vurti.errors import VurtiError
from vurti.service.answering import Answering, answering
from vurti.service.demo_config import CONFIG, DATABASE, at, demo_config
from vurti.service.demo_maintenance import maintaining
from vurti.service.interpreter import calm_the_collector, share_the_interpreter
from vurti.service.logs import Log
from vurti.service.redaction import Redaction
from vurti.service.told import Told
from vurti.service.view import View
from vurti.sources.sim import SimOptions

SUMMARY_SECS = 10.0


def run_demo(
    view: View,
    for_secs: float | None = None,
    directory: Path | None = None,
    port: int | None = None,
) -> None:
    """Show a living fleet until SIGINT, SIGTERM or the end of `for_secs`.

    Configuration and database are kept in `directory`; one that has them goes on where it stood,
    a new one is made where none is given. The page and the API are at `port`, 0 for any free one;
    without it where the configuration says, or at a free one where that is taken.

    Raises StoreError where another demo runs there, VurtiError where `port` is taken.
    """
    home = directory or Path(mkdtemp(prefix="vurti-demo-"))
    config = demo_config(home, port)
    if port is None and _taken(config):
        config = at(config, 0)
    told = Told()
    adapter = PushAdapter(config, on_committed=told)
    told.others.append(lambda logged: view.events([one.event for one in logged]))
    log = Log(sys.stderr, config.log, Redaction())  # of which there is nothing: the view tells all
    calm_the_collector()
    share_the_interpreter()
    began = adapter.clock.now()
    sim: SimOptions = config.sources.of("sim")
    with (
        adapter,
        on_signals(adapter.stop, signal.SIGINT, signal.SIGTERM),
        answering(adapter, config, log, told) as answers,
        _summing(adapter, view),
        maintaining(adapter, sim),
    ):
        hosts = len(config.hosts)
        view.welcome(hosts, hosts * sim.vms_per_host, str(home / DATABASE), _url(answers, config))
        adapter.run(for_secs)
    secs = adapter.clock.now() - began
    view.farewell(database=str(home / DATABASE), config=str(home / CONFIG), secs=secs)


def _taken(config: Config) -> bool:
    """Whether somebody else listens where the configuration says."""
    place = config.api.place
    assert place is not None
    if place.path:
        return False
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((place.host, place.port))
        except OSError:
            return True
    return False


def _url(answers: Answering, config: Config) -> str:
    """Where the page is. Raises VurtiError where it cannot be."""
    assert answers.api is not None
    if answers.api.url is None:
        raise VurtiError(
            f"the page cannot be at {config.api.address}: {answers.api.refused}; choose another"
            " port by --port, 0 for any that is free"
        )
    return answers.api.url


@contextmanager
def _summing(adapter: PushAdapter, view: View) -> Iterator[None]:
    """A summary now and then, as long as the block runs."""
    task = adapter.clock.spawn(_sum_up, adapter, view, adapter.clock)
    try:
        yield
    finally:
        task.kill()


def _sum_up(adapter: PushAdapter, view: View, clock: Clock) -> None:
    due = clock.now() + SUMMARY_SECS
    while True:
        clock.sleep_until(due)
        due += SUMMARY_SECS
        hosts, vms = adapter.counts()
        scopes = adapter.scopes.values()
        view.summary(
            hosts=hosts,
            vms=vms,
            events=sum(scope.pipeline.events for scope in scopes),
            commits=sum(scope.writing.commits for scope in scopes),
            lag_secs=max(scope.writing.oldest_age_secs for scope in scopes),
        )
