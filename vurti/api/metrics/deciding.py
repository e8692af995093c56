"""What is decided, and how the fleet is thought to be."""

from collections import Counter
from collections.abc import Callable, Iterable

from vurti.api.metrics.family import (
    OTHERS,
    Family,
    Sample,
    counter,
    gauge,
    largest,
    shown,
)
from vurti.api.metrics.watched import Scope, Watched
from vurti.decide import View
from vurti.decide.vds.holding import holding
from vurti.decide.view import vds_of
from vurti.events import KINDS
from vurti.model import Awaited, IntentKind, VdsStatus, VmStatus

CLUSTERS_MAX = 50
"""So many clusters have figures of their own, the first by name; the others share theirs."""


def _of(read: Callable[[Scope], float]) -> Callable[[Watched], Iterable[Sample]]:
    """One figure of each scope."""
    return lambda watched: [((scope.name,), read(scope)) for scope in watched.scopes]


def _events(watched: Watched) -> Iterable[Sample]:
    for scope in watched.scopes:
        for kind in KINDS:
            yield (scope.name, kind), scope.pipeline.kinds[kind]


def _held(watched: Watched) -> Iterable[Sample]:
    now = watched.adapter.clock.now()
    for scope in watched.scopes:
        yield (scope.name,), holding(scope.pipeline.view, now) is not None


def _hosts(watched: Watched) -> Iterable[Sample]:
    for scope in watched.scopes:
        named = _named(scope.pipeline.view)
        found: Counter[tuple[str, str]] = Counter()
        for row in scope.pipeline.view.vdss.values():
            vds = vds_of(row)
            found[named[vds.cluster], vds.status.value] += 1
        for cluster in dict.fromkeys(named.values()):
            for status in VdsStatus:
                yield (scope.name, cluster, status.value), found[cluster, status.value]


def _running(watched: Watched) -> Iterable[Sample]:
    for scope in watched.scopes:
        view = scope.pipeline.view
        named = _named(view)
        found = dict.fromkeys(named.values(), 0)
        for host, row in view.vdss.items():
            found[named[vds_of(row).cluster]] += len(view.vms_on.get(host, ()))
        for cluster, count in found.items():
            yield (scope.name, cluster), count


def _named(view: View) -> dict[str, str]:
    """Each cluster, and under which name it is shown: the first by name, and all others as one."""
    clusters = sorted({vds_of(row).cluster for row in view.vdss.values()})
    own = {cluster: shown(cluster) for cluster in clusters[:CLUSTERS_MAX]}
    return own | dict.fromkeys(clusters[CLUSTERS_MAX:], OTHERS)


def _vms(watched: Watched) -> Iterable[Sample]:
    for scope in watched.scopes:
        for status in VmStatus:
            yield (scope.name, status.value), scope.pipeline.view.vm_statuses[status]


def _intents(watched: Watched) -> Iterable[Sample]:
    for scope in watched.scopes:
        found = Counter(one.kind for one in scope.pipeline.view.intents)
        for kind in IntentKind:
            yield (scope.name, kind.value), found[kind]


def _expectations(watched: Watched) -> Iterable[Sample]:
    for scope in watched.scopes:
        found = Counter(one.kind for one in scope.pipeline.view.expectations)
        for kind in Awaited:
            yield (scope.name, kind.value), found[kind]


def _announcements(watched: Watched) -> Iterable[Sample]:
    inbox = watched.adapter.promises.inbox
    return [(("taken",), inbox.taken), (("refused",), inbox.refused)]


DECIDING: tuple[Family[Watched], ...] = (
    counter(
        "vurti_inputs_total", "Polls, pushes, timers and the like, in one order.",
        _of(lambda scope: scope.pipeline.sequencer.number), "scope",
    ),
    gauge(
        "vurti_inputs_waiting", "Inputs behind the one that is being decided.",
        _of(lambda scope: scope.pipeline.sequencer.queued), "scope",
    ),
    counter(
        "vurti_decisions_total", "Inputs that were decided.",
        _of(lambda scope: scope.pipeline.decisions), "scope",
    ),
    counter("vurti_events_total", "Events that were decided.", _events, "scope", "kind"),
    gauge(
        "vurti_timers", "Timers that wait.",
        _of(lambda scope: len(scope.pipeline.timers)), "scope",
    ),
    largest(
        "vurti_judgement_held",
        "1 while vurti suspects itself, or has only just started, and judges no host.",
        _held, "scope",
    ),
    gauge(
        "vurti_hosts",
        f"Hosts by status. The first {CLUSTERS_MAX} clusters by name have figures of their own, all"
        f" further ones are `{OTHERS}`.",
        _hosts, "scope", "cluster", "status",
    ),
    gauge("vurti_vms", "VMs by status.", _vms, "scope", "status"),
    gauge(
        "vurti_cluster_vms", "VMs on the hosts of a cluster; clusters as in vurti_hosts.",
        _running, "scope", "cluster",
    ),
    gauge("vurti_intents_open", "What a manager should do now.", _intents, "scope", "kind"),
    gauge(
        "vurti_expectations_open", "What was announced and has not ended.",
        _expectations, "scope", "kind",
    ),
    counter(
        "vurti_announcements_total", "What other processes announced through the store.",
        _announcements, "outcome",
    ),
)  # fmt: skip
