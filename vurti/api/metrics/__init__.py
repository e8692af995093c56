"""What Prometheus may scrape: a table of families, each read from plain attributes when asked."""

from vurti.api.metrics.catalogue import FAMILIES, SERVED
from vurti.api.metrics.family import Family, Kind
from vurti.api.metrics.page import page
from vurti.api.metrics.watched import Logged, Process, Serving, Watched

__all__ = [
    "FAMILIES",
    "SERVED",
    "Family",
    "Kind",
    "Logged",
    "Process",
    "Serving",
    "Watched",
    "page",
]
