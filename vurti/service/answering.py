"""What a run tells of itself while it lasts: its health, its figures, and what it knows.

It is answered in a thread with an event loop of its own: who asks does not wait for hosts that are
read, and no host waits for who asks. All modules are loaded in ours: two threads that load one at
once may wait for ever.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from vurti.adapter import PushAdapter
from vurti.clock.gevent_thread import LoopThread
from vurti.config import Config
from vurti.service.logs import Log
from vurti.service.outside import Outside
from vurti.service.own_pages import logged_by, own_pages
from vurti.service.told import Told

if TYPE_CHECKING:  # an HTTP server is loaded where there is one
    from vurti.api.health import Health
    from vurti.api.inside import Inside
    from vurti.api.listener import Listener
    from vurti.api.metrics import Watched
    from vurti.api.progress import Progress


class Answering(NamedTuple):
    """What health is asked of, and what listens at `[api] address`: None where nothing is to."""

    health: "Health"
    api: "Listener | None"


@contextmanager
def answering(adapter: PushAdapter, config: Config, log: Log, told: Told) -> Iterator[Answering]:
    """Answer at `[listen] address` and at `[api] address` while the block runs. Raises VurtiError
    where the API cannot be answered as it is configured."""
    from vurti.api.health import Health
    from vurti.api.progress import Progress

    progress = Progress(adapter, config.poll)
    health = Health(adapter, progress)
    with ExitStack() as closing:
        progress.start()
        closing.callback(progress.close)
        api = None
        if config.listen.place is not None or config.api.place is not None:
            outside = _outside(adapter, health, progress, log, closing)
            if config.listen.place is not None:
                _listen(config, outside)
            if config.api.place is not None:
                api = _serve(config, outside, told, closing)
        yield Answering(health, api)


def _outside(
    adapter: PushAdapter, health: "Health", progress: "Progress", log: Log, closing: ExitStack
) -> Outside:
    from vurti.api.inside import Within
    from vurti.api.pulse import Pulse

    inside = Within(adapter.clock.entrance())
    pulse = Pulse(adapter.clock, health, progress, inside)
    watched = _watched(adapter, progress, log, inside, closing)
    outside = Outside(LoopThread(), watched, pulse, ExitStack())
    closing.callback(outside.close)
    watching = outside.thread.run(lambda: adapter.clock.spawn(pulse.watch))
    outside.closing.callback(watching.kill)
    return outside


def _watched(
    adapter: PushAdapter, progress: "Progress", log: Log, inside: "Inside", closing: ExitStack
) -> "Watched":
    from vurti.api.counts import ApiCounts
    from vurti.api.log_bounds import LogBounds
    from vurti.api.metrics import Watched

    bounds = LogBounds(adapter)
    bounds.start()
    closing.callback(bounds.close)
    logged = partial(logged_by, log)
    return Watched(adapter, progress, lambda: bounds.latest, logged, ApiCounts(), inside)


def _listen(config: Config, outside: Outside) -> None:
    from vurti.api.metrics import FAMILIES, page

    place, pulse = config.listen.place, outside.pulse
    assert place is not None
    metrics = page(outside.watched, FAMILIES)
    clock = outside.watched.adapter.clock
    listener = own_pages(clock, place, metrics, pulse.alive, pulse.ready)
    outside.thread.run(listener.start)
    outside.closing.callback(listener.close)


def _serve(config: Config, outside: Outside, told: Told, closing: ExitStack) -> "Listener":
    from vurti.service.api import serve_api

    listener, committed = serve_api(outside, config)
    told.others.append(committed)
    closing.callback(told.others.remove, committed)
    return listener
