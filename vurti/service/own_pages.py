"""What a process answers of itself, at `[listen] address`: /metrics, /livez and /readyz."""

from typing import TYPE_CHECKING
from wsgiref.types import WSGIApplication

from vurti.clock import Clock
from vurti.config.listen import Place
from vurti.service.logs import Log

if TYPE_CHECKING:  # an HTTP server is loaded where there is one
    from vurti.api.application import Told
    from vurti.api.listener import Listener
    from vurti.api.metrics import Logged


def own_pages(
    clock: Clock, place: Place, metrics: WSGIApplication, alive: "Told", ready: "Told"
) -> "Listener":
    """What will listen there."""
    from vurti.api.application import application, json_page
    from vurti.api.listener import Listener

    pages = {"/metrics": metrics, "/livez": json_page(alive), "/readyz": json_page(ready)}
    return Listener(clock, place, application(pages, local_only=place.local))


def logged_by(log: Log) -> "Logged":
    """What it has counted until now."""
    from vurti.api.metrics import Logged

    return Logged(log.lines, log.repeats.left_out, log.redact.count, log.failed)
