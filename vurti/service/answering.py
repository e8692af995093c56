"""What a run tells of itself while it lasts: its health, and its figures."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from vurti.adapter import PushAdapter
from vurti.config import Config
from vurti.service.logs import Log

if TYPE_CHECKING:  # an HTTP server is loaded where there is one
    from vurti.api import Health, Progress


@contextmanager
def answering(adapter: PushAdapter, config: Config, log: Log) -> Iterator["Health"]:
    """Answer at `[listen] address` while the block runs; gives what health is asked of."""
    from vurti.api import Health, Progress
    from vurti.api.progress import stuck_secs

    progress = Progress(adapter, stuck_secs(config.poll))
    health = Health(adapter, progress)
    with ExitStack() as closing:
        progress.start()
        closing.callback(progress.close)
        if config.listen.place is not None:
            _listen(adapter, config, health, progress, log, closing)
        yield health


def _listen(
    adapter: PushAdapter,
    config: Config,
    health: "Health",
    progress: "Progress",
    log: Log,
    closing: ExitStack,
) -> None:
    from vurti.api import Listener, application, json_page
    from vurti.api.log_bounds import LogBounds
    from vurti.api.metrics import Logged, Watched, page

    place = config.listen.place
    assert place is not None
    bounds = LogBounds(adapter)
    bounds.start()
    closing.callback(bounds.close)

    def logged() -> Logged:
        return Logged(log.lines, log.repeats.left_out, log.redact.count)

    watched = Watched(adapter, progress, lambda: bounds.latest, logged)
    pages = {
        "/metrics": page(watched),
        "/livez": json_page(health.alive),
        "/readyz": json_page(health.ready),
    }
    listener = Listener(adapter.clock, place, application(pages, local_only=place.local))
    listener.start()
    closing.callback(listener.close)
