"""Events for other programs: one JSON object a line."""

from datetime import UTC, datetime
from functools import lru_cache
from math import floor
from typing import Any

import msgspec
from msgspec.structs import astuple

from vurti.events import (
    CATALOGUE,
    Counted,
    Event,
    Severity,
    VdsExpectationEnded,
    VmDevicesChanged,
    VmExpectationEnded,
    VmWatchdogFired,
    spec_names,
)
from vurti.events.catalogue import EXPECTATION_ENDS
from vurti.model import Vds, Vm, VmDevice


def line(event: Event, committed_at: float | None, cluster: str = "") -> str:
    """One event without the newline. Keys without a value are left out, but for the ends.

    `before` and `after` are statuses, null where the thing was not there; `changed` names what else
    is not as it was. Times are RFC 3339 in UTC with milliseconds. Control characters of a hostile
    name are escaped, as JSON does. docs/events.md has every key.
    """
    fields = {
        "id": event.id,
        "seq": event.seq,
        "seq_first": event.seq_first if event.seq_first not in (0, event.seq) else None,
        "kind": event.kind,
        "severity": severity(event),
        **_thing(event, cluster),
        "before": _status(event.before),
        "after": _status(event.after),
        **_hosts(event),
        **_ending(event),
        "changed": changed(event),
        **_more(event),
        "reason": event.reason,
        "rule": event.rule,
        "passed": event.passed,
        "passed_over": event.passed_over or None,
        "forced": event.forced or None,
        "fleeting": event.fleeting or None,
        "marks": event.marks,
        "spec": spec_names(event.marks),
        "times": event.times if event.times > 1 else None,
        "restart": event.restart or None,
        "labels": dict(event.labels) or None,
        "observed_at": rfc3339(event.observed_at),
        "committed_at": None if committed_at is None else rfc3339(committed_at),
    }
    # A zero says something.
    kept = {key: value for key, value in fields.items() if value or value == 0 or key in _ALWAYS}
    return inert_json(kept)


_ALWAYS = frozenset({"id", "seq", "kind", "before", "after", "reason", "rule", "observed_at"})
_RANK = {severity: rank for rank, severity in enumerate(Severity)}


def severity(event: Event) -> Severity:
    """What a label says, else the worst of its marks; an event without any is normal."""
    for name, value in event.labels:
        if name == "severity" and value in _RANK:
            return Severity(value)
    told = (CATALOGUE[mark].severity for mark in event.marks)
    return max(told, key=_RANK.__getitem__, default=Severity.NORMAL)


def changed(event: Event) -> tuple[str, ...]:
    """The fields, beside the status, in which the two ends differ."""
    before, after = event.before, event.after
    if before is None or after is None:
        return ()
    ends = zip(before.__struct_fields__, astuple(before), astuple(after), strict=True)
    return tuple(name for name, old, new in ends if old != new and name != "status")


def rfc3339(wall: float) -> str:
    """Seconds since 1970 as `2026-11-22T14:05:09.250Z`."""
    near = round(wall, 3)
    second = floor(near)
    return f"{_second(second)}.{round(1000 * (near - second)):03d}Z"


@lru_cache(maxsize=100)
def _second(whole: int) -> str:
    """A fleet's events are of few seconds."""
    return datetime.fromtimestamp(whole, UTC).isoformat().removesuffix("+00:00")


def _thing(event: Event, cluster: str) -> dict[str, Any]:
    known = event.after if event.after is not None else event.before
    if isinstance(event, Counted):
        return {}
    if isinstance(known, Vds):
        return {"host": known.id, "cluster": known.cluster or cluster}
    name = known.name if isinstance(known, Vm) else ""
    return {"vm": event.thing, "name": name, "cluster": cluster, "host": event.host}


def _hosts(event: Event) -> dict[str, Any]:
    """Who holds a VM, and whom it is handed to; `from` and `to` where it went to another host."""
    before, after = event.before, event.after
    if not isinstance(after, Vm):
        return {}
    told = {"run_on": after.run_on, "migrating_to": after.migrating_to}
    left = before.run_on if isinstance(before, Vm) else None
    moved = left and after.run_on and left != after.run_on
    return told | {"from": left, "to": after.run_on} if moved else told


def _ending(event: Event) -> dict[str, Any]:
    """Why it ended or why it is paused, where the state after it says so."""
    after = event.after
    if isinstance(after, Vds):
        return {"non_operational_reason": _named(after.reason)}
    if not isinstance(after, Vm):
        return {}
    return {
        "pause_status": _named(after.pause_status),
        "exit_status": after.exit_status,
        "exit_reason": after.exit_reason,
        "exit_message": after.exit_message,
    }


def _more(event: Event) -> dict[str, Any]:
    """What some kinds have beside the others. Of a `device` its kind and id are enough to find it
    in the record."""
    match event:
        case VmDevicesChanged(before=Vm() as before, after=Vm() as after):
            old, new = before.hardware.devices, after.hardware.devices
            return {
                "devices": len(new),
                "plugged": [_device(one) for one in new if one not in old],
                "unplugged": [_device(one) for one in old if one not in new],
            }
        case VmWatchdogFired(after=Vm(last_watchdog=at)):
            return {"last_watchdog": at}
        case Counted():
            by = dict(event.by) or None
            told = {"count": event.count, "secs": event.secs, "by": by}
            return told | {"others": event.others or None}
        case VmExpectationEnded() | VdsExpectationEnded():
            return {"outcome": _outcome(event)}
        case _:
            return {}


def _device(device: VmDevice) -> dict[str, str]:
    told = {"kind": device.kind, "id": device.id, "address": device.address}
    return {key: value for key, value in told.items() if value}


def _outcome(event: Event) -> str | None:
    ends = [str(mark) for mark in event.marks if mark in EXPECTATION_ENDS]
    return ends[-1].removeprefix("expectation_") if ends else None


def _named(reason: str) -> str | None:
    return None if reason == "NONE" else reason


def _status(known: Vm | Vds | None) -> str | None:
    return None if known is None else str(known.status)


def inert_json(told: Any) -> str:
    """It as JSON with everything unprintable in its strings escaped: JSON itself need not escape
    DEL, C1 controls and the like, but a terminal obeys them."""
    text = msgspec.json.encode(told).decode()
    # Of what is unprintable in ASCII JSON has escaped all else; to look at each character of a page
    # of VMs holds the interpreter for as long as a web framework needs for the whole request.
    return text if text.isascii() and "\x7f" not in text else inert(text)


def inert(text: str) -> str:
    """The same text with everything unprintable escaped as JSON would."""
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else _escaped(one) for one in text)


def _escaped(one: str) -> str:
    units = one.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))
