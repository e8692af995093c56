"""What Prometheus may scrape: a table of families, each read from plain attributes when asked."""

from vurti.api.metrics.catalogue import FAMILIES, OF_ANY_PROCESS
from vurti.api.metrics.family import Family, Kind
from vurti.api.metrics.page import page
from vurti.api.metrics.watched import Logged, Process, Server, Watched

__all__ = [
    "FAMILIES",
    "OF_ANY_PROCESS",
    "Family",
    "Kind",
    "Logged",
    "Process",
    "Server",
    "Watched",
    "page",
]
