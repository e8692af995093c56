"""Keeps why each VM and host is as it is, as decisions tell it, and hands on what is new of that.

It costs little: what says nothing new of a thing has no evidence. What repeats is only counted, and
handed on at doubling counts, so that a fleet in which nothing happens writes nothing (contract 10).
"""

import sys
from collections.abc import Callable, Iterable
from math import inf

from msgspec.structs import replace

from vurti.decide.timers import OF_PROMISES, OF_SCOPE
from vurti.model import Decision, Evidence, Timer
from vurti.model.explanation import (
    ACCEPTED_MAX,
    REJECTED_MAX,
    Explanation,
    Said,
    Waiting,
)

THINGS_MAX = 200_000
ROWS_MAX = 1000
"""So many are handed on at once: writing them holds up what was decided meanwhile."""
ABOUT_CHARACTERS_MAX = 200
NEWS_SECS = 1.0
"""A timer that was moved by less is the same timer."""


class Explanations:
    """A follower of decisions. What is told of them at `now`, monotonic seconds, is due again
    `every_secs` after that; nothing else here knows a clock but the decisions' own."""

    def __init__(
        self,
        now: Callable[[], float],
        every_secs: float = 15.0,
        stored: Iterable[Explanation] = (),
    ) -> None:
        self.dropped = 0  # things of which all was forgotten, since there were too many
        self._now, self._every_secs = now, every_secs
        self._known = {one.thing: _without_timers(one) for one in stored}
        self._news: dict[str, int] = {}
        self._handed_on = -inf

    def __len__(self) -> int:
        """Of how many things there is something new."""
        return len(self._news)

    def of(self, thing: str) -> Explanation | None:
        """All that is kept of one VM or host."""
        return self._known.get(thing)

    def follow(self, decision: Decision) -> None:
        """Take in what the decision says of why."""
        if decision.evidence or decision.events:
            self._hear_all(decision)
        for timer in decision.timers:
            if timer.key.kind not in OF_PROMISES | OF_SCOPE:
                self._wait(timer, decision)
        for row in decision.changes:
            if row.deleted:
                self._known.pop(row.value.id, None)
                self._news.pop(row.value.id, None)

    def due(self, number_max: int, everything: bool = False) -> list[Explanation]:
        """Remove from what is new and return what is due; nothing that came with a decision behind
        `number_max`, whose records are not stored yet."""
        if not self._news:
            return []
        now = self._now()
        if not everything and now - self._handed_on < self._every_secs:
            return []
        ready = [thing for thing, number in self._news.items() if number <= number_max]
        if not everything and len(ready) > ROWS_MAX:
            ready = ready[:ROWS_MAX]  # the rest is due at the next window
        elif ready:
            self._handed_on = now
        for thing in ready:
            del self._news[thing]
        return [self._known[thing] for thing in ready]

    def put_back(self, explanations: Iterable[Explanation]) -> None:
        """They could not be stored: still new."""
        for one in explanations:
            if one.thing in self._known:
                self._news.setdefault(one.thing, 0)

    def _hear_all(self, decision: Decision) -> None:
        """An event tells the reason in words, also where no evidence came with it."""
        words = {(event.thing, event.rule): event for event in decision.events}
        for evidence in decision.evidence:
            event = words.pop((evidence.thing, evidence.rule), None)
            reason = event.reason if event is not None else evidence.about
            self._hear(evidence, reason, event is not None, decision)
        for event in words.values():
            evidence = Evidence(event.thing, event.rule, event.host or "")
            self._hear(evidence, event.reason, True, decision)

    def _hear(self, evidence: Evidence, about: str, changed: bool, decision: Decision) -> None:
        asked = evidence.asked
        said = Said(
            evidence.rule,
            decision.wall,
            evidence.host,
            None if asked is None else decision.wall - (decision.at - asked),
            sys.intern(about[:ABOUT_CHARACTERS_MAX]),
            changed=changed,
        )
        known = self._known.get(evidence.thing) or self._begun(evidence.thing, decision.wall)
        if evidence.rejected:
            rejected, is_news = _with(known.rejected, said, REJECTED_MAX)
            known = Explanation(known.thing, decision.wall, known.accepted, rejected, known.waiting)
        else:
            accepted, is_news = _with(known.accepted, said, ACCEPTED_MAX)
            known = Explanation(known.thing, decision.wall, accepted, known.rejected, known.waiting)
        self._known[known.thing] = known
        if is_news:
            self._news[known.thing] = decision.number

    def _wait(self, timer: Timer, decision: Decision) -> None:
        kind, thing = timer.key.kind, timer.key.thing
        known = self._known.get(thing)
        if known is None:
            if timer.due is None:
                return
            known = self._begun(thing, decision.wall)
        rest = tuple(one for one in known.waiting if one.kind != kind and one.due > decision.wall)
        if timer.due is not None:
            rest = (*rest, Waiting(kind, decision.wall + (timer.due - decision.at)))
        if not _same(rest, known.waiting):
            self._known[thing] = replace(known, waiting=rest, changed_at=decision.wall)
            self._news[thing] = decision.number

    def _begun(self, thing: str, wall: float) -> Explanation:
        if len(self._known) >= THINGS_MAX:
            oldest = next(iter(self._known))
            del self._known[oldest]
            self._news.pop(oldest, None)
            self.dropped += 1
        return Explanation(thing, wall)


def _with(past: tuple[Said, ...], said: Said, count_max: int) -> tuple[tuple[Said, ...], bool]:
    """The past with one more, and whether that is news. What changed nothing, and was said before,
    is counted and moves to the end."""
    if not said.changed:
        for at, one in enumerate(past):
            if one.rule == said.rule and one.host == said.host and not one.changed:
                times = one.times + 1
                counted = replace(said, times=times)
                return (*past[:at], *past[at + 1 :], counted), times & (times - 1) == 0
    return (*past[-count_max + 1 :], said), True


def _same(new: tuple[Waiting, ...], old: tuple[Waiting, ...]) -> bool:
    if len(new) != len(old):
        return False
    dues = {one.kind: one.due for one in old}
    return all(abs(dues.get(one.kind, inf) - one.due) < NEWS_SECS for one in new)


def _without_timers(stored: Explanation) -> Explanation:
    """Timers do not outlive the process that set them."""
    accepted = tuple(map(_shared, stored.accepted))
    return Explanation(
        stored.thing, stored.changed_at, accepted, tuple(map(_shared, stored.rejected))
    )


def _shared(said: Said) -> Said:
    """The same, whose texts are the ones that others have."""
    return replace(
        said, rule=sys.intern(said.rule), host=sys.intern(said.host), about=sys.intern(said.about)
    )
