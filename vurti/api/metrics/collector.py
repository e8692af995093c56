"""The catalogue as a registry that Prometheus's library renders."""

from collections.abc import Iterable, Iterator
from typing import Any, Generic, TypeVar

from loguru import logger
from prometheus_client import CollectorRegistry
from prometheus_client.core import Metric
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from vurti.api.metrics.catalogue import FAMILIES
from vurti.api.metrics.family import SCOPES_MAX, Family
from vurti.api.metrics.watched import Process, Watched

P = TypeVar("P", bound=Process)


class Metrics(Collector, Generic[P]):
    """Reads every family when it is asked, at one moment: nothing in it yields. One that cannot be
    read spares the others."""

    def __init__(self, process: P, families: Iterable[Family[P]]) -> None:
        self._process, self._families = process, tuple(families)

    def describe(self) -> Iterator[Metric]:
        """The names alone, so that registering asks for nothing."""
        for family in self._families:
            yield family.metric()

    def collect(self) -> Iterator[Metric]:
        """All families with their figures. Raises Timeout where what is watched cannot be asked."""
        return iter(self._process.inside(lambda: list(self._read())))

    def _read(self) -> Iterator[Metric]:
        own = frozenset(sorted(self._process.scope_names)[:SCOPES_MAX])
        for family in self._families:
            try:
                yield family.metric(family.read(self._process), own)
            except Exception as error:  # noqa: BLE001 - whatever it is, the others are wanted
                logger.opt(exception=error).error("a figure cannot be read: {}", family.name)


def registry(metrics: Metrics[Any]) -> CollectorRegistry:
    """What is ours, and what the library tells of any process."""
    every = CollectorRegistry()
    every.register(metrics)
    ProcessCollector(registry=every)
    return every


def figures(watched: Watched) -> dict[str, list[dict[str, Any]]]:
    """The same as plain values: each name with its figures, of histograms their sum and count."""
    told: dict[str, list[dict[str, Any]]] = {}
    for metric in Metrics(watched, FAMILIES).collect():
        for sample in metric.samples:
            if not sample.name.endswith("_bucket"):
                one = {"labels": sample.labels, "value": sample.value}
                told.setdefault(sample.name, []).append(one)
    return told
