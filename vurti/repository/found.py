"""All that the store has about one VM or host, and as JSON."""

import json
from collections import deque
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from vurti.decide.timers import awaiting
from vurti.events import Event
from vurti.model import Expectation, Intent, Vds
from vurti.model.commit import Logged
from vurti.model.explanation import Explanation, Said, Waiting
from vurti.repository.maintenances import announced, in_force
from vurti.repository.reader import Records
from vurti.repository.records import VdsRecord, VmRecord
from vurti.wire import ndjson
from vurti.wire.record import is_stale

_SAME_MOMENT_SECS = 0.001


class Found(Struct, frozen=True):
    """All that the store has about it. `host` is the one that holds a VM, None where none does."""

    record: VmRecord | VdsRecord
    explanation: Explanation | None
    expectations: Sequence[Expectation]
    intents: Sequence[Intent]
    events: Sequence[Logged]
    host: VdsRecord | None
    now: float
    stale_secs: float

    @property
    def decided(self) -> Said | None:
        """How the rule spoke that made the state what it is; None where that is not stored."""
        record = self.record
        for said in reversed(self.explanation.accepted if self.explanation else ()):
            same_moment = abs(said.at - record.observed_at) < _SAME_MOMENT_SECS
            if said.changed and same_moment and said.rule == record.rule:
                return said
        return None

    @property
    def cause(self) -> Event | None:
        """The event that made the state what it is, where the log has it and it was asked for."""
        seqs = (one.event for one in reversed(self.events) if one.event.seq == self.record.seq)
        return next(seqs, None)

    @property
    def others(self) -> tuple[Said, ...]:
        """The other rules that counted, newest first."""
        accepted = self.explanation.accepted if self.explanation else ()
        return tuple(one for one in reversed(accepted) if one is not self.decided)

    @property
    def rejected(self) -> tuple[Said, ...]:
        """Words that did not count, newest first."""
        return tuple(reversed(self.explanation.rejected)) if self.explanation else ()

    @property
    def waiting(self) -> list[Waiting]:
        """The timers that run, soonest first."""
        waiting = self.explanation.waiting if self.explanation else ()
        return sorted(waiting, key=lambda one: one.due)

    @property
    def has_a_voice(self) -> bool:
        """Whether some host should tell of it: itself, or the one that holds it."""
        return isinstance(self.record, VdsRecord) or self.record.value.run_on is not None

    @property
    def stale(self) -> bool:
        return self.has_a_voice and is_stale(self.record.heard_at, self.now, self.stale_secs)


def find(
    reader: Records, record: VmRecord | VdsRecord, events: int, now: float, stale_secs: float
) -> Found:
    """What the reader has about the record's VM or host, with so many of its last events."""
    thing = record.value.id
    return Found(
        record=record,
        explanation=reader.explanations.get(thing),
        expectations=_expectations(reader, record),
        intents=reader.intents.list(thing=thing),
        events=_last(reader, record, events),
        host=_host_of(reader, record),
        now=now,
        stale_secs=stale_secs,
    )


def fields(found: Found) -> dict[str, Any]:
    """All of it as one JSON object; times are seconds since 1970, but those of events."""
    record: dict[str, Any] = msgspec.to_builtins(found.record)
    heard_at = found.record.heard_at
    waiting = [_builtins(one) | {"would": awaiting(one.kind)} for one in found.waiting]
    return {
        **record.pop("value"),
        **record,
        "age_secs": None if heard_at is None else round(max(0.0, found.now - heard_at), 3),
        "stale": found.stale,
        "decided": None if found.decided is None else _builtins(found.decided),
        "accepted": _all(found.explanation.accepted if found.explanation else ()),
        "rejected": _all(found.explanation.rejected if found.explanation else ()),
        "waiting": waiting,
        "explained_at": found.explanation.changed_at if found.explanation else None,
        "expectations": _all(found.expectations),
        "intents": _all(found.intents),
        "events": [_event(one) for one in found.events],
    }


def _expectations(reader: Records, record: VmRecord | VdsRecord) -> list[Expectation]:
    """What is waited for; and the maintenance that a host is in, which has been met."""
    waited = list(reader.expectations.list(thing=record.value.id))
    if isinstance(record.value, Vds):
        one = in_force(record.value, announced(reader, record.value.id).get(record.value.id))
        if one is not None and one not in waited:
            waited.append(one)
    return waited


def _host_of(reader: Records, record: VmRecord | VdsRecord) -> VdsRecord | None:
    """The host that holds a VM."""
    held_by = getattr(record.value, "run_on", None)
    return reader.vdss.get(held_by) if held_by is not None else None


def _last(reader: Records, record: VmRecord | VdsRecord, count: int) -> list[Logged]:
    """The last events of the thing that the log still has, oldest first."""
    kind = "Vds" if isinstance(record.value, Vds) else "Vm"
    events = reader.history(record.value.id) if count else iter(())
    return list(deque((one for one in events if one.event.kind.startswith(kind)), maxlen=count))


def _builtins(value: Struct) -> dict[str, Any]:
    """Every field, also those at their default."""
    fields = {name: getattr(value, name) for name in value.__struct_fields__}
    told: dict[str, Any] = msgspec.to_builtins(fields)
    return told


def _all(values: Iterable[Struct]) -> list[dict[str, Any]]:
    return [_builtins(one) for one in values]


def _event(logged: Logged) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(ndjson.line(logged.event, logged.committed_at))
    return {"cursor": logged.cursor, **told}
