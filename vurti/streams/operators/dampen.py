"""dampen: who says too much is not listened to word by word."""

import math
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from reactivex import abc

from vurti.events import Counted, Event, VmEvent
from vurti.streams.around import NOTHING_KNOWN, Around
from vurti.streams.conditions import field_named
from vurti.streams.derived import digest, labelled, summed
from vurti.streams.operator import Operator
from vurti.streams.operators.timed import positive, timed
from vurti.streams.scheduler import Time

HELD = "held"
"""The label that says how many events a sum was held back for."""


def dampen(
    events_max: int,
    secs: float,
    by: Iterable[str] = (),
    secs_max: float = 600.0,
    keys_max: int = 10_000,
    around: Around = NOTHING_KNOWN,
) -> Operator:
    """Let at most `events_max` events of a key pass in any `secs`; hold the rest until it calms.

    A key is a thing, or what the fields `by` of its events say, as `["host"]`. It has calmed when
    at most half as many came within the last `secs`. Then, and after `secs_max` at the latest, each
    thing's held events are said as their sum, with a label `held` that counts them. Of a thing that
    is back where it was a `Counted` tells how many there were. Of more than `keys_max` keys the one
    that was silent for longest says what it holds, and begins anew.

        -d-u-d-u-d-----------|
        dampen(2, 6)
        -d-u---------d-------|

        -d-u-d-u-------d-----|
        dampen(2, 6)
        -d-u-------2---d-----|
    """
    positive("dampen", secs=secs, secs_max=secs_max)
    if events_max < 1 or keys_max < 1:
        raise ValueError("dampen: events_max and keys_max must be at least 1")
    limits = _Limits(events_max, secs, secs_max, keys_max)
    key = _key_of(tuple(by), around)
    return timed("dampen", lambda time, say: _Dampened(limits, key, time, say))


class _Limits(NamedTuple):
    events_max: int
    secs: float
    secs_max: float
    keys_max: int


_Key = tuple[Any, ...]


def _key_of(by: tuple[str, ...], around: Around) -> Callable[[Event], _Key]:
    if not by:
        return lambda event: (event.thing,)
    fields = [field_named(name) for name in by]
    if None in fields:
        raise ValueError(f"dampen: there is no field {by[fields.index(None)]!r}")
    getters = [field.of for field in fields if field is not None]
    return lambda event: tuple(of(event, around) for of in getters)


class _Held:
    """What is held of one thing: its sum, None where it is back where it was."""

    __slots__ = ("count", "ids", "last", "total")

    def __init__(self) -> None:
        self.count, self.ids = 0, ""
        self.total: Event | None = None
        self.last: Event | None = None

    def add(self, event: Event) -> None:
        self.count += 1
        self.ids = digest(self.ids, event.id)
        self.total = event if self.total is None else summed(self.total, event)
        self.last = event

    def told(self, secs: float) -> Event:
        """The sum, or how many there were of it."""
        if self.total is not None:
            return labelled(self.total, {HELD: self.count})
        last = self.last
        assert last is not None
        of = "vm" if isinstance(last, VmEvent) else "host"
        return Counted(
            id=f"{last.id}~{self.ids}" if last.id else "",
            count=self.count,
            secs=secs,
            by=((of, last.thing),),
            rule=HELD,
            observed_at=last.observed_at,
            number=last.number,
        )


class _Voice:
    """One key. `times` are those of its latest events, one more than may pass; `since` is when it
    began to be held, or last said what it held, None while it is not held."""

    __slots__ = ("alarm", "held", "since", "times")

    def __init__(self, events_max: int) -> None:
        self.times: deque[float] = deque(maxlen=events_max + 1)
        self.since: float | None = None
        self.held: dict[str, _Held] = {}
        self.alarm: abc.DisposableBase | None = None

    def disarm(self) -> None:
        if self.alarm is not None:
            self.alarm.dispose()
            self.alarm = None


class _Dampened:
    def __init__(
        self,
        limits: _Limits,
        key: Callable[[Event], _Key],
        time: Time,
        say: Callable[[Event], None],
    ) -> None:
        self._limits, self._key, self._time, self._say = limits, key, time, say
        self._voices: OrderedDict[_Key, _Voice] = OrderedDict()

    def take(self, event: Event) -> None:
        now, key = self._time.now(), self._key(event)
        self._time.remember(self._limits.secs)  # it counts for so long, though nothing is held
        self._forget_the_silent(now)
        voice = self._voices.get(key) or self._begin(key)
        self._voices.move_to_end(key)
        if voice.since is not None and now >= self._due(voice):  # its alarm is due at this moment
            self._ring(voice)
        voice.times.append(now)
        if voice.since is None and self._is_loud(voice, now):
            voice.since = now
        if voice.since is None:
            self._say(event)
            return
        voice.held.setdefault(event.thing, _Held()).add(event)
        if voice.alarm is None:
            self._arm(voice)

    def flush(self) -> None:
        voices = list(self._voices.values())
        self.drop()
        for voice in voices:
            self._release(voice)

    def drop(self) -> None:
        for voice in self._voices.values():
            voice.disarm()
        self._voices.clear()

    def _begin(self, key: _Key) -> _Voice:
        if len(self._voices) >= self._limits.keys_max:
            _, longest_silent = self._voices.popitem(last=False)
            self._release(longest_silent)
        voice = self._voices[key] = _Voice(self._limits.events_max)
        return voice

    def _forget_the_silent(self, now: float) -> None:
        """Keys that hold nothing and have been silent for `secs`: they stand in front."""
        while self._voices:
            key, voice = next(iter(self._voices.items()))
            if voice.held or voice.times[-1] + self._limits.secs > now:
                return
            del self._voices[key]

    def _is_loud(self, voice: _Voice, now: float) -> bool:
        full = len(voice.times) > self._limits.events_max
        return full and voice.times[0] > now - self._limits.secs

    def _calm_at(self, voice: _Voice) -> float:
        return voice.times[-1 - self._limits.events_max // 2] + self._limits.secs

    def _due(self, voice: _Voice) -> float:
        """When it has calmed, if it says nothing more, or has to be told in any case."""
        since = voice.since if voice.since is not None else math.inf
        return min(self._calm_at(voice), since + self._limits.secs_max)

    def _arm(self, voice: _Voice) -> None:
        due = self._due(voice)

        def ring() -> None:
            if self._due(voice) > due:
                self._arm(voice)
            else:
                self._ring(voice)

        voice.alarm = self._time.at(due, ring)

    def _ring(self, voice: _Voice) -> None:
        now = self._time.now()
        calm = self._calm_at(voice) <= now
        self._release(voice)
        if not calm:
            voice.since = now

    def _release(self, voice: _Voice) -> None:
        """Say the sums of what is held; from now on it is not held."""
        voice.disarm()
        voice.since = None
        held, voice.held = voice.held, {}
        for one in held.values():
            self._say(one.told(self._limits.secs))
