"""count: not what happened, but how often."""

from collections.abc import Callable, Iterable
from hashlib import blake2s
from typing import Any

from reactivex import abc

from vurti.events import Counted, Event
from vurti.streams.around import NOTHING_KNOWN, Around
from vurti.streams.conditions import field_named
from vurti.streams.operator import Operator
from vurti.streams.operators.timed import Grid, positive, timed
from vurti.streams.scheduler import Time

_ID_BYTES = 12


def count(
    secs: float,
    by: Iterable[str] = (),
    groups_max: int = 1000,
    around: Around = NOTHING_KNOWN,
) -> Operator:
    """At the end of each `secs`, say how many events came, for each group of them.

    `by` are the fields of a condition whose values make a group: `["cluster", "kind"]`. A group
    without an event says nothing. What is of more than `groups_max` groups is counted together, as
    `others`. Each count is an event `Counted`; what it was made of goes no further.

        -d-u--d----u---------|
        count(5)
        -----2----1----1-----|
    """
    positive("count", secs=secs)
    if groups_max < 1:
        raise ValueError(f"count: groups_max must be at least 1, not {groups_max}")
    fields = {name: _field(name) for name in by}

    def held(time: Time, say: Callable[[Event], None]) -> "_Counts":
        return _Counts(secs, fields, groups_max, around, time, say)

    return timed("count", held, known=False)


def _field(name: str) -> Callable[[Event, Around], Any]:
    field = field_named(name)
    if field is None:
        raise ValueError(f"count: there is no field {name!r}")
    return field.of


class _Group:
    """The events of one group in the stretch that is under way."""

    __slots__ = ("count", "ids", "last")

    def __init__(self) -> None:
        self.count = 0
        self.ids = blake2s(digest_size=_ID_BYTES)
        self.last: Event | None = None


_Key = tuple[tuple[str, str], ...] | None


class _Counts:
    def __init__(
        self,
        secs: float,
        fields: dict[str, Callable[[Event, Around], Any]],
        groups_max: int,
        around: Around,
        time: Time,
        say: Callable[[Event], None],
    ) -> None:
        self._secs, self._fields, self._groups_max = secs, fields, groups_max
        self._around, self._time, self._say = around, time, say
        self._grid, self._end = Grid(secs, time), 0.0
        self._groups: dict[_Key, _Group] = {}
        self._alarm: abc.DisposableBase | None = None

    def take(self, event: Event) -> None:
        now = self._time.now()
        if self._alarm is not None and now >= self._end:  # its alarm is due at this very moment
            self.flush()
        if self._alarm is None:
            self._end = self._grid.end_after(now)
            self._alarm = self._time.at(self._end, self.flush)
        group = self._group(event)
        group.count += _events(event)
        group.ids.update(event.id.encode("utf-8", "surrogatepass") + b"\0")
        group.last = event

    def flush(self) -> None:
        told = [_told(key, group, self._secs) for key, group in self._groups.items()]
        self.drop()
        for one in told:
            self._say(one)

    def drop(self) -> None:
        self._groups.clear()
        if self._alarm is not None:
            self._alarm.dispose()
            self._alarm = None

    def _group(self, event: Event) -> _Group:
        key: _Key = tuple(
            (name, _word(of(event, self._around))) for name, of in self._fields.items()
        )
        if key not in self._groups and len(self._groups) >= self._groups_max:
            key = None
        return self._groups.setdefault(key, _Group())


def _told(key: _Key, group: _Group, secs: float) -> Counted:
    last = group.last
    assert last is not None
    return Counted(
        id=f"counted.{group.ids.hexdigest()}",
        count=group.count,
        secs=secs,
        by=key or (),
        others=key is None,
        rule="count",
        observed_at=last.observed_at,
        number=last.number,
    )


def _events(event: Event) -> int:
    """How many it stands for: a bound may have forced several into one, which nobody wanted."""
    return event.seq - event.seq_first + 1 if event.forced and event.seq_first else 1


def _word(value: Any) -> str:
    """A value as text, the same for what is the same; nothing for none."""
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)
