"""Events for other programs: one JSON object a line."""

from datetime import UTC, datetime
from typing import Any

import msgspec

from vurti.events import Event
from vurti.model import Vds, Vm


def line(event: Event, committed_at: float | None, cluster: str = "") -> str:
    """One event without the newline. Keys without a value are left out, but for the ends.

    `before` and `after` are statuses, null where the thing was not there. Times are RFC 3339 in
    UTC with milliseconds. Control characters of a hostile name are escaped, as JSON does.
    """
    fields = {
        "id": event.id,
        "seq": event.seq,
        "seq_first": event.seq_first if event.seq_first not in (0, event.seq) else None,
        "kind": event.kind,
        **_thing(event, cluster),
        "before": _status(event.before),
        "after": _status(event.after),
        **_hosts(event),
        **_ending(event),
        "reason": event.reason,
        "rule": event.rule,
        "passed": event.passed,
        "marks": event.marks,
        "times": event.times if event.times > 1 else None,
        "restart": event.restart or None,
        "observed_at": rfc3339(event.observed_at),
        "committed_at": None if committed_at is None else rfc3339(committed_at),
    }
    kept = {key: value for key, value in fields.items() if key in _ALWAYS or _says(value)}
    return inert(msgspec.json.encode(kept).decode())


_ALWAYS = frozenset({"id", "seq", "kind", "before", "after", "reason", "rule", "observed_at"})


def rfc3339(wall: float) -> str:
    """Seconds since 1970 as `2026-11-22T14:05:09.250Z`."""
    text = datetime.fromtimestamp(round(wall, 3), UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def _thing(event: Event, cluster: str) -> dict[str, Any]:
    known = event.after if event.after is not None else event.before
    if isinstance(known, Vds):
        return {"host": known.id, "cluster": known.cluster or cluster}
    name = known.name if isinstance(known, Vm) else ""
    return {"vm": event.thing, "name": name, "cluster": cluster, "host": event.host}


def _hosts(event: Event) -> dict[str, Any]:
    """`from` and `to` where a VM went from one host to another."""
    before, after = event.before, event.after
    if not isinstance(before, Vm) or not isinstance(after, Vm):
        return {}
    moved = before.run_on and after.run_on and before.run_on != after.run_on
    return {"from": before.run_on, "to": after.run_on} if moved else {}


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


def _named(reason: str) -> str | None:
    return None if reason == "NONE" else reason


def _status(known: Vm | Vds | None) -> str | None:
    return None if known is None else str(known.status)


def _says(value: object) -> bool:
    return value is not None and value != "" and value != ()


def inert(text: str) -> str:
    """The same JSON with everything unprintable in its strings escaped: JSON itself need not escape
    DEL, C1 controls and the like, but a terminal obeys them."""
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else _escaped(one) for one in text)


def _escaped(one: str) -> str:
    units = one.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))
