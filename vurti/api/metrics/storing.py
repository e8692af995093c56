"""What waits to be stored, and how storing goes."""

from collections.abc import Callable, Iterable
from typing import Any

from vurti.adapter import Writing
from vurti.api.metrics.family import (
    Family,
    Sample,
    Value,
    counter,
    gauge,
    histogram,
    largest,
)
from vurti.api.metrics.watched import Watched
from vurti.streams.mailbox import Mailbox


def _of(read: Callable[[Writing], Value]) -> Callable[[Watched], Iterable[Sample]]:
    """One figure of each scope."""
    return lambda watched: [((scope.name,), read(scope.writing)) for scope in watched.scopes]


def _box(read: Callable[[Mailbox[Any]], float]) -> Callable[[Watched], Iterable[Sample]]:
    """One figure of each mailbox of each scope."""
    return lambda watched: [
        ((scope.name, name), read(box))
        for scope in watched.scopes
        for name, box in scope.writing.mailboxes.items()
    ]


def _oldest(watched: Watched) -> Iterable[Sample]:
    now = watched.adapter.clock.now()
    for scope in watched.scopes:
        for name, box in scope.writing.mailboxes.items():
            at = box.oldest_at
            yield (scope.name, name), 0.0 if at is None else now - at


def _failing(watched: Watched) -> Iterable[Sample]:
    now = watched.adapter.clock.now()
    for scope in watched.scopes:
        since = scope.writing.failing_since
        yield (scope.name,), 0.0 if since is None else now - since


def _bounds(which: int) -> Callable[[Watched], Iterable[Sample]]:
    def read(watched: Watched) -> Iterable[Sample]:
        return [((scope,), bounds[which]) for scope, bounds in watched.log_bounds().items()]

    return read


STORING: tuple[Family[Watched], ...] = (
    gauge("vurti_mailbox_items", "What waits to be stored.", _box(len), "scope", "mailbox"),
    gauge(
        "vurti_mailbox_capacity_items", "From so many on items of one thing are added up.",
        _box(lambda box: box.capacity), "scope", "mailbox",
    ),
    largest(
        "vurti_mailbox_peak_items", "The most that ever waited.",
        _box(lambda box: box.peak), "scope", "mailbox",
    ),
    largest(
        "vurti_mailbox_oldest_age_seconds", "How long the oldest of it has waited; 0 without any.",
        _oldest, "scope", "mailbox",
    ),
    counter(
        "vurti_mailbox_sums_total", "Pairs of items that became one, for want of room.",
        _box(lambda box: box.sums), "scope", "mailbox",
    ),
    counter(
        "vurti_mailbox_over_total", "Items beyond the capacity that nothing could be added to.",
        _box(lambda box: box.over), "scope", "mailbox",
    ),
    counter(
        "vurti_statistics_replaced_total",
        "Samples of hosts that were never stored, since newer ones came before.",
        _of(lambda writing: writing.replaced), "scope",
    ),
    counter(
        "vurti_intents_flared_total",
        "Intents that were raised and ended before they could be stored.",
        _of(lambda writing: writing.flared), "scope",
    ),
    gauge(
        "vurti_unstored_changes", "Changes of hosts and VMs that are decided and not stored.",
        _of(lambda writing: writing.backlog()), "scope",
    ),
    largest(
        "vurti_unstored_age_seconds", "How long the oldest of them has waited; 0 without any.",
        _of(lambda writing: writing.oldest_age_secs), "scope",
    ),
    largest(
        "vurti_store_failing_seconds", "For how long the store has refused; 0 while it does not.",
        _failing, "scope",
    ),
    counter(
        "vurti_commits_total", "Transactions of rows and events.",
        _of(lambda writing: writing.commits), "scope",
    ),
    counter(
        "vurti_committed_rows_total", "Rows of hosts and VMs in them.",
        _of(lambda writing: writing.rows), "scope",
    ),
    counter(
        "vurti_committed_events_total", "Events in them.",
        _of(lambda writing: writing.events), "scope",
    ),
    counter(
        "vurti_commit_retries_total", "Commits that failed and were tried again.",
        _of(lambda writing: writing.retries), "scope",
    ),
    histogram(
        "vurti_commit_duration_seconds", "How long commits took that succeeded.",
        _of(lambda writing: writing.commit_secs), "scope",
    ),
    counter(
        "vurti_statistics_stored_total", "Samples of hosts, with those of their VMs.",
        _of(lambda writing: writing.statistics), "scope",
    ),
    counter(
        "vurti_statistics_failures_total", "Times at which samples could not be stored.",
        _of(lambda writing: writing.statistics_failures), "scope",
    ),
    counter(
        "vurti_log_pruned_total", "Events, expectations and intents that were forgotten by age.",
        _of(lambda writing: writing.pruned), "scope",
    ),
    largest(
        "vurti_log_first_cursor", "The oldest event that the log still has.",
        _bounds(0), "scope",
    ),
    largest("vurti_log_last_cursor", "The newest one.", _bounds(1), "scope"),
)  # fmt: skip
