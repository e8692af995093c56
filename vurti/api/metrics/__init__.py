"""What Prometheus may scrape: a table of families, each read from plain attributes when asked."""

from vurti.api.metrics.catalogue import FAMILIES
from vurti.api.metrics.family import Family, Kind, Logged, Watched
from vurti.api.metrics.page import page

__all__ = ["FAMILIES", "Family", "Kind", "Logged", "Watched", "page"]
