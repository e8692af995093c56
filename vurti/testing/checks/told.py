"""What a stream said, as words that can be compared and shown."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import UNSET

from vurti.events import Counted, Event, VdsEvent
from vurti.model import (
    UPON_HOSTS,
    Intent,
    Missed,
    Push,
    Snapshot,
    Vds,
    VdsCapabilitiesAnswer,
    VdsStatisticsAnswer,
    Vm,
    VmDevicesAnswer,
    VmReport,
    VmStatesAnswer,
    VmStatisticsAnswer,
)
from vurti.wire.ndjson import changed, severity

Words = dict[str, Any]
PAIRS = ("labels", "by")
"""Fields of events that are pairs, and are written as tables."""


def words(item: object, clusters: Mapping[str, str] | None = None) -> Words:
    """Everything that a test may name of it. `clusters` are those of hosts."""
    match item:
        case Event():
            return _event(item, clusters or {})
        case Missed():
            told = {"host": item.host, "missed": str(item.kind), "question": str(item.question)}
            return {**told, "reason": item.reason}
        case Snapshot():
            return {"host": item.host, **_answer(item)}
        case Intent():
            about = "host" if item.kind in UPON_HOSTS else "vm"
            where: Words = {"host": item.host, about: item.thing}
            return {"intent": str(item.kind), **where, "state": str(item.state)}
    raise TypeError(f"no stream says {item!r}")


def brief(item: object) -> str:
    """In one line, for people."""
    match item:
        case Event():
            return _event_in_words(item)
        case Missed():
            why = f": {item.reason}" if item.reason else ""
            return f"{item.host} does not answer about {item.question} ({item.kind}{why})"
        case Snapshot(answer=VmStatesAnswer(vms=vms)):
            return f"{item.host} answers: {_vms(vms) or 'no VM'}"
        case Snapshot(answer=VdsCapabilitiesAnswer()):
            return f"{item.host} tells what it is made of"
        case Snapshot(answer=VdsStatisticsAnswer()):
            return f"{item.host} tells how it is"
        case Snapshot(answer=VmStatisticsAnswer(vms=vms)):
            return f"{item.host} tells how its VMs are: {', '.join(vms)}"
        case Snapshot(answer=VmDevicesAnswer(vms=vms)):
            return f"{item.host} tells what its VMs are made of: {', '.join(vms)}"
        case Intent():
            at = f" on {item.host}" if item.host else ""
            return f"intent {item.kind} {item.thing}{at}, {item.state}: {item.reason} [{item.rule}]"
    return str(item)


def of_push(push: Push) -> str:
    """A push in one line."""
    return f"{push.host} says: {_vms(push.vms) or 'nothing of any VM'}"


def in_words(expected: Mapping[str, Any]) -> str:
    """What is expected, in one line: only what is named."""
    head = [str(expected[key]) for key in ("event", "intent", "vm", "host") if key in expected]
    ends = [key for key in ("before", "after") if key in expected and _is_status(expected[key])]
    if ends:
        before = _status(expected["before"]) if "before" in ends else "…"
        after = _status(expected["after"]) if "after" in ends else "…"
        head.append(f"{before} → {after}")
    left = expected.keys() - {"event", "intent", "vm", "host", *ends}
    more = [f"{key} = {_shown(expected[key])}" for key in expected if key in left]
    return "  ".join([" ".join(head), *more])


def _event(event: Event, clusters: Mapping[str, str]) -> Words:
    told: Words = msgspec.to_builtins(event)
    told.pop("kind", None)
    told |= {key: dict(told[key]) for key in PAIRS if key in told}
    known = event.after if event.after is not None else event.before
    told |= {"event": event.kind, "severity": str(severity(event)), "changed": list(changed(event))}
    if isinstance(event, Counted):
        return told
    if isinstance(event, VdsEvent) and isinstance(known, Vds):
        return {**told, "host": known.id, "cluster": known.cluster}
    before, after = event.before, event.after
    old = before.run_on if isinstance(before, Vm) else None
    new = after.run_on if isinstance(after, Vm) else None
    where = event.host or new or old or ""
    told |= {"vm": known.id if known is not None else "", "cluster": clusters.get(where, "")}
    told |= {"name": known.name if isinstance(known, Vm) else ""}
    return {**told, "from": old, "to": new}


def _event_in_words(event: Event) -> str:
    if isinstance(event, Counted):
        return f"Counted {event.count} in {event.secs:g} s of {event.thing}"
    ends = [_end(end) for end in (event.before, event.after)]
    known = event.after if event.after is not None else event.before
    thing = known.id if known is not None else ""
    way = ends[0] if event.before == event.after else " → ".join(ends)
    said = [event.kind, thing, way]
    if isinstance(event.after, Vm) and event.after.run_on:
        said.append(f"on {event.after.run_on}")
    why = f": {event.reason}" if event.reason else ""
    rule = f" [{event.rule}]" if event.rule else ""
    marks = f"; marks {', '.join(event.marks)}" if event.marks else ""
    return f"{' '.join(said)}{why}{rule}{marks}{' (restart)' if event.restart else ''}"


def _end(end: Vm | Vds | None) -> str:
    return "none" if end is None else str(end.status)


def _answer(poll: Snapshot) -> Words:
    match poll.answer:
        case VmStatesAnswer(vms=vms):
            told = {vm: msgspec.to_builtins(report) for vm, report in vms.items()}
            return {
                "vms": told,
                "complete": poll.answer.complete,
                "absence": str(poll.answer.absence),
            }
        case VdsCapabilitiesAnswer(capabilities=caps):
            return {"caps": msgspec.to_builtins(caps)}
        case VdsStatisticsAnswer(statistics=stats):
            return {"stats": msgspec.to_builtins(stats)}
        case VmStatisticsAnswer(vms=samples):
            return {"samples": msgspec.to_builtins(samples)}
        case VmDevicesAnswer(vms=vms):
            return {"devices": msgspec.to_builtins(vms)}
    return {}


def _vms(vms: Mapping[str, VmReport]) -> str:
    return ", ".join(f"{vm} {_report(report)}" for vm, report in vms.items())


def _report(report: VmReport) -> str:
    if report.status is UNSET:
        said = msgspec.to_builtins(report)
        return ", ".join(f"{key} {value}" for key, value in said.items() if value is not False)
    why = report.exit_reason if report.exit_reason is not UNSET else report.pause_status
    return f"{report.status}" + (f" ({why})" if why is not UNSET and why != "NONE" else "")


def _is_status(end: Any) -> bool:
    return end is None or (isinstance(end, dict) and end.keys() == {"status"})


def _status(end: Any) -> str:
    return "none" if end is None else str(end["status"])


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_shown(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_shown, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)
