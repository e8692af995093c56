"""Events, intents and notices as items to be told."""

import json
from collections.abc import Callable
from typing import NamedTuple

from vurti.errors import Forgotten
from vurti.events import Event, VdsEvent, VmEvent
from vurti.model import UPON_HOSTS, Intent, IntentState
from vurti.streams.sink import Item
from vurti.wire.ndjson import inert_json, line, rfc3339

GAP = "LogForgotten"
INTENT_KINDS = {
    IntentState.OPEN: "IntentRaised",
    IntentState.WITHDRAWN: "IntentWithdrawn",
    IntentState.EXPIRED: "IntentExpired",
}


class Origin(NamedTuple):
    """Whose items they are: a scope and a stream. `cluster` tells that of a host."""

    scope: str
    stream: str
    cluster: Callable[[str], str] = lambda _host: ""


def of_event(origin: Origin, event: Event, cursor: int, committed_at: float) -> Item:
    """An event of the log, or one that was made of such."""
    text = line(event, committed_at, origin.cluster(event.host or ""))
    subject = _subject(event)
    place = (origin.scope, origin.stream, cursor, event.observed_at, committed_at)
    return Item(event.id, event.kind, subject, *place, text)


def of_gap(origin: Origin, forgotten: Forgotten, at: float) -> Item:
    """The notice that what stood between two cursors was forgotten before it was told."""
    first, last = forgotten.cursor + 1, forgotten.first - 1
    id_ = f"{origin.scope}.forgotten.{first}-{last}"
    told = {
        "id": id_,
        "kind": GAP,
        "scope": origin.scope,
        "first": first,
        "last": last,
        "events": max(0, last - first + 1),
        "reason": "the log has forgotten these cursors before they were told",
    }
    text = json.dumps(told, separators=(",", ":"))
    return Item(id_, GAP, "log", origin.scope, origin.stream, last, at, at, text)


def of_intent(origin: Origin, intent: Intent, commit: int, at: float) -> Item:
    """An intent that was raised, or has ended. `commit` is what brought that."""
    kind = INTENT_KINDS[intent.state]
    noun = "host" if intent.kind in UPON_HOSTS else "vm"
    id_ = intent.id if intent.state is IntentState.OPEN else f"{intent.id}.{intent.state}"
    told = {
        "id": id_,
        "kind": kind,
        "intent": intent.id,
        "act": str(intent.kind),
        noun: intent.thing,
        **({"host": intent.host} if intent.host is not None else {}),
        "based_on": intent.based_on,
        "reason": intent.reason,
        "rule": intent.rule,
        "raised_at": rfc3339(intent.raised_at),
        "valid_until": rfc3339(intent.valid_until),
        **({"ended_at": rfc3339(intent.ended_at)} if intent.ended_at is not None else {}),
    }
    text = inert_json(told)
    subject = f"{noun}/{intent.thing}"
    observed_at = intent.raised_at if intent.ended_at is None else intent.ended_at
    return Item(id_, kind, subject, origin.scope, origin.stream, commit, observed_at, at, text)


def _subject(event: Event) -> str:
    match event:
        case VmEvent():
            return f"vm/{event.thing}"
        case VdsEvent():
            return f"host/{event.thing}"
        case _:  # made of many
            return "stream"
