"""A family of figures: one name, one unit, some labels, and where it is read."""

from collections.abc import Callable, Container, Iterable
from enum import StrEnum
from math import inf
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from vurti.streams.histogram import Histogram
from vurti.wire.words import printable

if TYPE_CHECKING:  # the library is loaded when somebody asks: not everybody does
    from prometheus_client.core import Metric

LABEL_CHARS_MAX, SCOPES_MAX = 64, 50
SCOPE, OTHERS = "scope", "(others)"

W = TypeVar("W")
W_contra = TypeVar("W_contra", contravariant=True)
"""What is read: of what any process has, or of what only one that watches hosts has."""


class Kind(StrEnum):
    """What can be done with it: a counter only grows, a gauge is as it is."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


Value = float | Histogram
Sample = tuple[tuple[str, ...], Value]
"""The values of the labels, in their order, and the figure."""


class Family(NamedTuple, Generic[W_contra]):
    """`name` is as it is shown; `read` gives the samples, and waits for nothing. Where several have
    the same labels they are summed up, or only the `largest` counts."""

    name: str
    kind: Kind
    help: str
    labels: tuple[str, ...]
    read: Callable[[W_contra], Iterable[Sample]]
    largest: bool = False

    def metric(
        self, samples: Iterable[Sample] = (), scopes: Container[str] | None = None
    ) -> "Metric":
        """With these samples, as the library wants it. Only these `scopes` have figures of their
        own; all others share theirs, so that the number of series has an end."""
        from prometheus_client import core

        found = self._folded(samples, scopes)
        if self.kind is Kind.HISTOGRAM:
            buckets = core.HistogramMetricFamily(self.name, self.help, labels=self.labels)
            for labels, value in found.items():
                assert isinstance(value, Histogram)
                buckets.add_metric(labels, _buckets(value), value.sum)
            return buckets
        kind = core.CounterMetricFamily if self.kind is Kind.COUNTER else core.GaugeMetricFamily
        plain = kind(self.name, self.help, labels=self.labels)
        for labels, value in found.items():
            assert not isinstance(value, Histogram)
            plain.add_metric(labels, value)
        return plain

    def _folded(
        self, samples: Iterable[Sample], scopes: Container[str] | None
    ) -> dict[tuple[str, ...], Value]:
        """Each set of labels once: one that came twice would spoil a whole scrape."""
        place = self.labels.index(SCOPE) if SCOPE in self.labels and scopes is not None else None
        found: dict[tuple[str, ...], Value] = {}
        for labels, value in samples:
            if place is not None and scopes is not None and labels[place] not in scopes:
                labels = (*labels[:place], OTHERS, *labels[place + 1 :])
            named = tuple(map(shown, labels))
            found[named] = self._both(found[named], value) if named in found else value
        return found

    def _both(self, one: Value, other: Value) -> Value:
        if isinstance(one, Histogram) and isinstance(other, Histogram):
            return one + other
        assert not isinstance(one, Histogram)
        assert not isinstance(other, Histogram)
        return max(one, other) if self.largest else one + other


Read = Callable[[W], Iterable[Sample]]


def counter(name: str, help_: str, read: Read[W], *labels: str) -> Family[W]:
    """A family that only grows; its name ends in `_total`."""
    return Family(name, Kind.COUNTER, help_, labels, read)


def gauge(name: str, help_: str, read: Read[W], *labels: str) -> Family[W]:
    """A family that is as it is, and of which several come to their sum."""
    return Family(name, Kind.GAUGE, help_, labels, read)


def largest(name: str, help_: str, read: Read[W], *labels: str) -> Family[W]:
    """A gauge of which only the largest counts, such as an age."""
    return Family(name, Kind.GAUGE, help_, labels, read, largest=True)


def histogram(name: str, help_: str, read: Read[W], *labels: str) -> Family[W]:
    """A family of counts in buckets."""
    return Family(name, Kind.HISTOGRAM, help_, labels, read)


def shown(label: str) -> str:
    """Names come from inventories: cut, and nothing in them may be more than text."""
    return printable(label[:LABEL_CHARS_MAX])[:LABEL_CHARS_MAX]


def _buckets(value: Histogram) -> list[tuple[str, float]]:
    return [("+Inf" if bound == inf else f"{bound:g}", n) for bound, n in value.cumulated()]
