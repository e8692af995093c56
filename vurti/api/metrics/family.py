"""A family of figures: one name, one unit, some labels, and where it is read."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from math import inf
from typing import TYPE_CHECKING, NamedTuple

from vurti.adapter import PushAdapter, Writing
from vurti.adapter.pipeline import Pipeline
from vurti.api.counts import ApiCounts
from vurti.api.progress import Progress
from vurti.streams.histogram import Histogram
from vurti.wire.words import printable

if TYPE_CHECKING:  # the library is loaded when somebody asks: not everybody does
    from prometheus_client.core import Metric

LABEL_CHARS_MAX = 64


class Kind(StrEnum):
    """What can be done with it: a counter only grows, a gauge is as it is."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


class Scope(NamedTuple):
    """One scope of an adapter."""

    name: str
    pipeline: Pipeline
    writing: Writing


class Logged(NamedTuple):
    """What the program's log has counted: its lines by their level, what was left out of them, and
    secrets that were taken out."""

    lines: Mapping[str, int] = {}
    left_out: int = 0
    redacted: int = 0


NOTHING_SERVED = ApiCounts()


class Watched(NamedTuple):
    """What is read: a running adapter, and who looks at its progress. `log_bounds` are the first
    and last cursor that the log of each scope was lately seen to have, `logged` is of the
    program's, `api` what the API has counted."""

    adapter: PushAdapter
    progress: Progress
    log_bounds: Callable[[], Mapping[str, tuple[int, int]]]
    logged: Callable[[], Logged] = Logged
    api: ApiCounts = NOTHING_SERVED

    @property
    def scopes(self) -> Iterator[Scope]:
        """Each with what decides and what stores it."""
        for name, scope in self.adapter.scopes.items():
            yield Scope(name, scope.pipeline, scope.writing)


Value = float | Histogram
Sample = tuple[tuple[str, ...], Value]
"""The values of the labels, in their order, and the figure."""


class Family(NamedTuple):
    """`name` is as it is shown; `read` gives the samples, and waits for nothing."""

    name: str
    kind: Kind
    help: str
    labels: tuple[str, ...]
    read: Callable[[Watched], Iterable[Sample]]

    def metric(self, samples: Iterable[Sample] = ()) -> "Metric":
        """With these samples, as the library wants it. Of two with the same labels there is one:
        else nothing at all could be scraped."""
        from prometheus_client import core

        named = {tuple(map(shown, labels)): value for labels, value in samples}
        if self.kind is Kind.HISTOGRAM:
            buckets = core.HistogramMetricFamily(self.name, self.help, labels=self.labels)
            for labels, value in named.items():
                assert isinstance(value, Histogram)
                buckets.add_metric(labels, _buckets(value), value.sum)
            return buckets
        kind = core.CounterMetricFamily if self.kind is Kind.COUNTER else core.GaugeMetricFamily
        plain = kind(self.name, self.help, labels=self.labels)
        for labels, value in named.items():
            assert not isinstance(value, Histogram)
            plain.add_metric(labels, value)
        return plain


def counter(
    name: str, help_: str, read: Callable[[Watched], Iterable[Sample]], *labels: str
) -> Family:
    """A family that only grows; its name ends in `_total`."""
    return Family(name, Kind.COUNTER, help_, labels, read)


def gauge(
    name: str, help_: str, read: Callable[[Watched], Iterable[Sample]], *labels: str
) -> Family:
    """A family that is as it is."""
    return Family(name, Kind.GAUGE, help_, labels, read)


def histogram(
    name: str, help_: str, read: Callable[[Watched], Iterable[Sample]], *labels: str
) -> Family:
    """A family of counts in buckets."""
    return Family(name, Kind.HISTOGRAM, help_, labels, read)


def shown(label: str) -> str:
    """Names come from inventories: cut, and nothing in them may be more than text."""
    return printable(label[:LABEL_CHARS_MAX])[:LABEL_CHARS_MAX]


def _buckets(value: Histogram) -> list[tuple[str, float]]:
    return [("+Inf" if bound == inf else f"{bound:g}", n) for bound, n in value.cumulated()]
