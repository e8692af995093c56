"""How hosts are asked, and what came of it."""

from collections.abc import Callable, Iterable

from vurti.api.metrics.family import Family, Sample, counter, gauge, histogram, largest
from vurti.api.metrics.watched import Watched
from vurti.model import Miss

QUANTILES = (0.5, 0.95, 1.0)
_LEFT_OUT = ("skipped", "thinned", "stretched")


def _hosts(watched: Watched) -> Iterable[Sample]:
    return [((), len(watched.adapter.polls))]


def _polls(watched: Watched) -> Iterable[Sample]:
    adapter = watched.adapter
    yield ("answered",), adapter.polled - adapter.missed.total()
    for kind in Miss:
        yield (kind.value,), adapter.missed[kind]


def _pushes(watched: Watched) -> Iterable[Sample]:
    return [((), watched.adapter.pushes)]


def _left_out(watched: Watched) -> Iterable[Sample]:
    return [((why,), _count(why, watched)) for why in _LEFT_OUT]


def _counted(name: str) -> Callable[[Watched], Iterable[Sample]]:
    return lambda watched: [((), _count(name, watched))]


def _count(name: str, watched: Watched) -> int:
    watching = watched.adapter.watching
    return watching.subscriptions.counted(name) if watching is not None else 0


def _lateness(watched: Watched) -> Iterable[Sample]:
    watching = watched.adapter.watching
    return [((), watching.subscriptions.lateness.all)] if watching is not None else []


def _unread(watched: Watched) -> Iterable[Sample]:
    watching = watched.adapter.watching
    return [((), watching.unread_secs())] if watching is not None else []


def _demand(watched: Watched) -> Iterable[Sample]:
    watching = watched.adapter.watching
    return [((), watching.demand())] if watching is not None else []


def _ages(watched: Watched) -> Iterable[Sample]:
    now = watched.adapter.clock.now()
    for scope in watched.scopes:
        heard = scope.pipeline.view.vds_memory.values()
        ages = sorted(now - one.last_ok for one in heard if one.last_ok is not None)
        for share in QUANTILES if ages else ():
            yield (scope.name, f"{share:g}"), ages[max(round(share * len(ages)) - 1, 0)]


def _unheard(watched: Watched) -> Iterable[Sample]:
    for scope in watched.scopes:
        view = scope.pipeline.view
        known = (view.heard(host) for host in view.hosts or ())
        yield (scope.name,), sum(one.last_ok is None for one in known)


POLLING: tuple[Family[Watched], ...] = (
    gauge("vurti_hosts_watched", "Hosts that are asked.", _hosts),
    counter(
        "vurti_polls_total",
        "Answers and missed questions; the outcome is `answered`, or why there was no answer.",
        _polls, "outcome",
    ),
    counter("vurti_pushes_total", "What hosts said by themselves.", _pushes),
    counter(
        "vurti_beats_left_out_total",
        "Moments at which a host was not asked: the question before was still under way (skipped),"
        " we had too much to do (thinned), the host speaks by itself (stretched).",
        _left_out, "why",
    ),
    counter(
        "vurti_unanswerable_questions_total",
        "Questions that the kind of host cannot answer, so that they were not asked.",
        _counted("unanswerable"),
    ),
    counter(
        "vurti_fetch_bugs_total", "Questions at which a source raised: bugs of ours.",
        _counted("bugs"),
    ),
    histogram(
        "vurti_poll_lateness_seconds",
        "How much later than its moment a question about states left: our own slowness.",
        _lateness,
    ),
    gauge(
        "vurti_unread_seconds",
        "How long the oldest of what hosts have told waits to be read: so late are their news where"
        " there is too much to do.",
        _unread,
    ),
    gauge(
        "vurti_demand",
        "How much is wanted of hosts: 1 all, 0 as little as can be. Less, the more waits to be"
        " stored, and the longer it waits to be read.",
        _demand,
    ),
    largest(
        "vurti_answer_age_seconds",
        "How long ago hosts last answered: of half of them at most, of 95 in 100, of all.",
        _ages, "scope", "share",
    ),
    gauge(
        "vurti_hosts_never_heard", "Watched hosts that have not answered since the start.",
        _unheard, "scope",
    ),
)  # fmt: skip
