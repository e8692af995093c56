"""Who listens, and who tells us which hosts there are."""

from collections.abc import Callable, Iterable
from typing import Any

from vurti.adapter import InventoryStatus
from vurti.api.metrics.family import Family, Sample, counter, gauge, largest
from vurti.api.metrics.watched import Watched
from vurti.streams.limits import Listened


def _stream(read: Callable[[Listened], float]) -> Callable[[Watched], Iterable[Sample]]:
    """One figure of each live stream, and of those of the configuration together."""
    return lambda watched: [((one.name,), read(one)) for one in watched.adapter.live]


def _inventory(read: Callable[[InventoryStatus], float]) -> Callable[[Watched], Iterable[Sample]]:
    """One figure of each inventory."""
    return lambda watched: [((one.name,), read(one)) for one in watched.adapter.inventories()]


def _oldest(watched: Watched) -> Iterable[Sample]:
    now = watched.adapter.clock.now()
    for stream in watched.adapter.live:
        at = stream.oldest_at
        yield (stream.name,), 0.0 if at is None else now - at


def _sink(read: Callable[[Any], float]) -> Callable[[Watched], Iterable[Sample]]:
    """One figure of each sink in each scope that it tells of."""
    return lambda watched: [
        ((one.scope, one.name), read(one)) for one in watched.adapter.sinks.deliveries
    ]


def _failing(watched: Watched) -> Iterable[Sample]:
    now = watched.adapter.clock.wall()
    for one in watched.adapter.sinks.deliveries:
        since = one.ledger.failing_since
        yield (one.scope, one.name), 0.0 if since is None else max(0.0, now - since)


def _listeners(watched: Watched) -> Iterable[Sample]:
    for scope in watched.scopes:
        yield (scope.name,), scope.writing.subscriber_errors


TELLING: tuple[Family[Watched], ...] = (
    gauge(
        "vurti_subscribers", "Who subscribes to a live stream now.",
        _stream(lambda stream: stream.subscribers), "stream",
    ),
    counter(
        "vurti_subscriber_errors_total", "Items at which a subscriber raised.",
        _stream(lambda stream: stream.limits.errors), "stream",
    ),
    counter(
        "vurti_subscribers_cut_off_total",
        "Subscribers that were unsubscribed: for their errors, for computing while all others"
        " waited, or for being too far behind.",
        _stream(lambda stream: stream.limits.cut_off), "stream",
    ),
    counter(
        "vurti_subscriber_dropped_total", "Items that waited for one that was unsubscribed for it.",
        _stream(lambda stream: stream.limits.dropped), "stream",
    ),
    counter(
        "vurti_subscriber_slow_total", "Items that took a subscriber too long.",
        _stream(lambda stream: stream.limits.slow), "stream",
    ),
    counter(
        "vurti_subscriber_busy_total", "Items at which one computed while all others waited.",
        _stream(lambda stream: stream.limits.busy), "stream",
    ),
    gauge(
        "vurti_subscriber_waiting_items", "What waits for the one for whom most does.",
        _stream(lambda stream: stream.waiting), "stream",
    ),
    gauge(
        "vurti_subscriber_oldest_seconds", "How long the oldest of all that waits has.",
        _oldest, "stream",
    ),
    gauge(
        "vurti_subscriber_peak_items", "The most that ever waited for one.",
        _stream(lambda stream: stream.limits.peak), "stream",
    ),
    counter(
        "vurti_subscriber_sums_total", "Pairs of waiting items that were added up.",
        _stream(lambda stream: stream.limits.sums), "stream",
    ),
    counter(
        "vurti_subscriber_over_total", "Items beyond a subscriber's bound, of different things.",
        _stream(lambda stream: stream.limits.over), "stream",
    ),
    counter(
        "vurti_commit_listener_errors_total", "Commits at which a listener raised.",
        _listeners, "scope",
    ),
    gauge(
        "vurti_inventory_hosts", "Hosts that an inventory tells.",
        _inventory(lambda one: one.hosts), "inventory",
    ),
    gauge(
        "vurti_inventory_up", "1 while an inventory answers.",
        _inventory(lambda one: one.failure is None), "inventory",
    ),
    counter(
        "vurti_inventory_failures_total", "How often it did not.",
        _inventory(lambda one: one.failed), "inventory",
    ),
    gauge(
        "vurti_inventory_held", "Hosts and VMs that it lacks and that stay for now.",
        _inventory(lambda one: one.held), "inventory",
    ),
    gauge(
        "vurti_inventory_bad_entries", "Entries that cannot be used.",
        _inventory(lambda one: one.bad), "inventory",
    ),
    counter(
        "vurti_sink_sent_total", "What a sink's receiver has taken, over restarts too.",
        _sink(lambda one: one.ledger.sent), "scope", "sink",
    ),
    counter(
        "vurti_sink_retries_total", "How often something was told in vain, over restarts too.",
        _sink(lambda one: one.ledger.retries), "scope", "sink",
    ),
    counter(
        "vurti_sink_dead_letters_total",
        "What a receiver could not read and was put aside, over restarts too.",
        _sink(lambda one: one.ledger.dead), "scope", "sink",
    ),
    counter(
        "vurti_sink_dropped_total",
        "What was not told on purpose, or lost by a chain that raised, over restarts too.",
        _sink(lambda one: one.ledger.dropped(one.feed)), "scope", "sink",
    ),
    largest(
        "vurti_sink_lag_seconds",
        "How long ago the oldest event was committed that waits to be told; 0 without any.",
        _sink(lambda one: one.oldest_age_secs), "scope", "sink",
    ),
    largest(
        "vurti_sink_failing_seconds", "For how long a sink has failed; 0 while it does not.",
        _failing, "scope", "sink",
    ),
)  # fmt: skip
