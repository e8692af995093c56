"""What follows from a run of decisions, in the words of the format."""

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import asdict

from vurti.events import spec_names
from vurti.model import (
    Awaited,
    Decision,
    Intent,
    IntentKind,
    IntentState,
    Outcome,
    Query,
    VdsStatistics,
    VmStatistics,
)

_ACTS = {
    IntentKind.RESTART_VM: "restart", IntentKind.RERUN_VM: "rerun",
    IntentKind.COLD_REBOOT_VM: "cold_reboot", IntentKind.REGISTER_VM: "register",
    IntentKind.MIGRATE_AWAY: "migrate_away", IntentKind.ACTIVATE_HOST: "activate",
    IntentKind.FENCE_HOST: "fence",
}  # fmt: skip
_UNFULFILLED = (Outcome.FAILED, Outcome.EXPIRED)


class Told(Struct, frozen=True):
    """`events` in their order, each as "NAME thing"; the others in the order in which they came."""

    events: list[str] = []
    intents: list[str] = []
    met: list[str] = []
    failed: list[str] = []
    state_written: list[str] = []
    statistics_written: list[str] = []
    zeroed: list[str] = []
    queries: list[str] = []
    stale: list[str] = []

    def __add__(self, other: "Told") -> "Told":
        mine, others = asdict(self), asdict(other)
        return Told(**{name: [*mine[name], *others[name]] for name in mine})


def at_once(decisions: Iterable[Decision]) -> Told:
    """What leaves with the decision itself: questions, and what was not taken into account."""
    queries: list[str] = []
    stale: list[str] = []
    for decision in decisions:
        queries += [text for query in decision.queries for text in asked(query)]
        stale += [
            one.thing
            for one in decision.evidence
            if one.rejected and one.rule.startswith(("10.3", "10.4"))
        ]
    return Told(queries=queries, stale=_once(stale))


def committed(decisions: Iterable[Decision]) -> Told:
    """What is written, and what leaves once it is."""
    told = Told()
    for decision in decisions:
        told += _of(decision)
    return told


def asked(query: Query) -> list[str]:
    """The question in words: of a host, or of each VM that it is about."""
    if query.vms:
        return [f"{query.question} {vm}" for vm in query.vms]
    return [f"{query.question} {query.host}"]


def _of(decision: Decision) -> Told:
    ended = [one for one in decision.expectations if one.kind is not Awaited.JOB]
    samples: list[tuple[str, VmStatistics | VdsStatistics]] = []
    for one in decision.statistics:
        samples += one.vms.items()
        if one.vds is not None:
            samples.append((one.host, one.vds))
    return Told(
        events=[
            f"{name} {event.thing}" for event in decision.events for name in spec_names(event.marks)
        ],
        intents=[_act(one) for one in decision.intents if one.state is IntentState.OPEN],
        met=[one.thing for one in ended if one.outcome is Outcome.MET],
        failed=[one.thing for one in ended if one.outcome in _UNFULFILLED],
        state_written=[one.thing for one in decision.events if one.before != one.after],
        statistics_written=[thing for thing, sample in samples if not _zeros(sample)],
        zeroed=[thing for thing, sample in samples if _zeros(sample)],
    )


def _act(intent: Intent) -> str:
    if intent.kind is IntentKind.DESTROY_VM:
        return f"destroy {intent.thing} on {intent.host}"
    return f"{_ACTS[intent.kind]} {intent.thing}"


def _zeros(sample: VmStatistics | VdsStatistics) -> bool:
    """Numbers are told, and all of them are 0."""
    told = [value for value in asdict(sample).values() if value is not None]
    return sample.cpu_percent == 0 and not any(told)


def _once(things: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(things))
