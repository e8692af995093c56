"""Should a host that does not answer be fenced? Only where nothing speaks against it (3.A)."""

from vurti.decide.draft import Draft
from vurti.decide.vds.holding import held
from vurti.model import IntentKind, VdsStatus

_UNREACHABLE = (VdsStatus.CONNECTING, VdsStatus.NON_RESPONSIVE)


def ask_to_fence(host: str, draft: Draft) -> None:
    """Say once for each time that it became NonResponsive that it should be fenced."""
    against = objection(host, draft)
    if against is None:
        draft.want(IntentKind.FENCE_HOST, host, rule="3.A", reason="it does not answer")
    else:
        draft.because(host, "3.A not to be fenced", rejected=True, about=against)


def objection(host: str, draft: Draft) -> str | None:
    """Why it should not be fenced, in words."""
    cluster = draft.cluster(host)
    if draft.at < draft.view.started_at + draft.rules.fence_quiet_secs:
        return "vurti has only just started"
    if not cluster.fencing:
        return f"cluster {cluster.id or 'without a name'} does not want it"
    if (suspicious := held(host, draft)) is not None:
        return suspicious
    percent = cluster.broken_connectivity_percent
    if percent is not None and _unreachable_percent(cluster.id, draft) >= percent:
        return f"{percent} % of its cluster or more do not answer"
    return None


def _unreachable_percent(cluster: str, draft: Draft) -> float:
    hosts = (draft.view.hosts or {}).values()
    of_cluster = [vds for host in hosts if host.cluster == cluster and (vds := draft.vds(host.id))]
    lost = sum(vds.status in _UNREACHABLE for vds in of_cluster)
    return 100 * lost / len(of_cluster) if of_cluster else 0.0
