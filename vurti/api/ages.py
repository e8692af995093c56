"""How old is what vurti knows, host by host: from the running pipeline, not from the store."""

from typing import Any, NamedTuple

from vurti.adapter import PushAdapter
from vurti.streams.poll_settings import PollSettings

SHARES = {"p50_secs": 0.5, "p95_secs": 0.95, "max_secs": 1.0}


class Age(NamedTuple):
    """Of one host: how long ago it last answered, None where it never has since vurti started, and
    how long its last answer about states took, or takes by now."""

    id: str
    age_secs: float | None
    took_secs: float


class Ages(NamedTuple):
    """All hosts are to be asked every `period_secs`. While all is well nothing is known that is
    older than `target_secs`; a host that was not heard for `stale_secs` is stale: it could have
    answered two questions. `split_brains` are the VMs that two hosts insist on running just now."""

    period_secs: float
    target_secs: float
    stale_secs: float
    hosts: tuple[Age, ...]
    split_brains: tuple[str, ...] = ()

    def figures(self) -> dict[str, Any]:
        """How old it is over all hosts that have answered; null where none has."""
        known = sorted(one.age_secs for one in self.hosts if one.age_secs is not None)
        last = len(known) - 1
        return {
            "hosts": len(self.hosts),
            "unheard": len(self.hosts) - len(known),
            **{
                name: known[round(share * last)] if known else None
                for name, share in SHARES.items()
            },
        }

    def older(self, than_secs: float) -> list[Age]:
        """Those of whom less new is known than that, and those that answer too slowly to be asked
        every `period_secs`."""
        return [
            one
            for one in self.hosts
            if one.age_secs is None or one.age_secs >= than_secs or one.took_secs > self.period_secs
        ]


def ages(adapter: PushAdapter) -> Ages:
    """As it is now. Costs a look at each host; nothing in it yields."""
    watching = adapter.watching
    if watching is None:
        return Ages(0.0, 0.0, 0.0, ())
    schedule = watching.subscriptions.schedule
    period = _period_secs(schedule, watching.demand())
    now = adapter.clock.now()
    heard: dict[str, float | None] = {}
    split: list[str] = []
    for scope in adapter.scopes.values():
        view = scope.pipeline.view
        heard.update((host, one.last_ok) for host, one in view.vds_memory.items())
        split += (vm for vm, memory in view.vm_memory.items() if memory.split)
    hosts = (
        Age(polls.host.id, _since(heard.get(polls.host.id), now), polls.took_secs(now))
        for polls in adapter.polls
    )
    return Ages(period, 2 * period, 2 * period + schedule.timeout_secs, tuple(hosts), tuple(split))


def _period_secs(schedule: PollSettings, demand: float) -> float:
    """How often each host is asked at the least: hosts that speak by themselves are asked less
    often, and so are all while we have too much to do."""
    secs = max(schedule.status_secs, schedule.status_pushed_secs or 0.0)
    if demand >= 1:
        return secs
    thinned = schedule.status_secs / demand if demand > 0 else schedule.thinned_secs_max
    return max(secs, min(thinned, schedule.thinned_secs_max))


def _since(at: float | None, now: float) -> float | None:
    return None if at is None else max(now - at, 0.0)
