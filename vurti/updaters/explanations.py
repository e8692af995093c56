"""Keeps why each VM and host is as it is, as decisions tell it, and hands on what is new of that.

It costs little: what says nothing new of a thing has no evidence. What repeats is only counted, and
handed on at doubling counts, so that a fleet in which nothing happens writes nothing (contract 10).
"""

from collections.abc import Callable, Iterable
from math import inf

from msgspec import Struct

from vurti.decide.timers import OF_PROMISES, OF_SCOPE
from vurti.events import Event
from vurti.model import Decision, Evidence, Timer
from vurti.model.explanation import (
    ACCEPTED_MAX,
    REJECTED_MAX,
    Explanation,
    Said,
    Waiting,
)
from vurti.model.texts import once

THINGS_MAX = 200_000
ROWS_MAX = 1000
"""So many are handed on at once: writing them holds up what was decided meanwhile."""
ABOUT_CHARACTERS_MAX = 200
NEWS_SECS = 1.0
"""A timer that was moved by less is the same timer."""

_OF_NO_THING = OF_PROMISES | OF_SCOPE


class Entry(Struct, gc=False):
    """A model.explanation.Said in the making: what repeats is counted where it is."""

    rule: str
    at: float
    host: str
    asked: float | None
    about: str
    times: int
    changed: bool


class Story(Struct, gc=False):
    """An Explanation in the making. Most things have nothing rejected, and few entries: a list of
    each would take as much again as what is in it."""

    changed_at: float
    accepted: tuple[Entry, ...] = ()
    rejected: tuple[Entry, ...] = ()
    waiting: tuple[Waiting, ...] = ()


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
        self._stories = {one.thing: _gone_on(one) for one in stored}
        self._news: dict[str, int] = {}
        self._handed_on = -inf

    def __len__(self) -> int:
        """Of how many things there is something new."""
        return len(self._news)

    def of(self, thing: str) -> Explanation | None:
        """All that is kept of one VM or host."""
        story = self._stories.get(thing)
        return None if story is None else _told(thing, story)

    def stories(self) -> Iterable[Story]:
        """All that is kept, for who measures it."""
        return self._stories.values()

    def follow(self, decision: Decision) -> None:
        """Take in what the decision says of why."""
        if decision.events:
            self._hear_changes(decision)
        else:
            for evidence in decision.evidence:
                self._repeat(evidence, decision)
        for timer in decision.timers:
            if timer.key.kind not in _OF_NO_THING:
                self._wait(timer, decision)
        for row in decision.changes:
            if row.deleted:
                self._stories.pop(row.value.id, None)
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
        return [_told(thing, self._stories[thing]) for thing in ready]

    def take_over(self, explanation: Explanation) -> None:
        """Go on from what another scope has told of it. Its timers are told anew."""
        self._stories[explanation.thing] = _gone_on(explanation)

    def put_back(self, explanations: Iterable[Explanation]) -> None:
        """They could not be stored: still new."""
        for one in explanations:
            if one.thing in self._stories:
                self._news.setdefault(one.thing, 0)

    def _hear_changes(self, decision: Decision) -> None:
        """An event tells the reason in words, also where no evidence came with it."""
        changes = {(event.thing, event.rule): event for event in decision.events}
        for evidence in decision.evidence:
            event = changes.pop((evidence.thing, evidence.rule), None)
            if event is None:
                self._repeat(evidence, decision)
            else:
                self._add(evidence, event, decision)
        for (thing, rule), event in changes.items():
            self._add(Evidence(thing, rule, event.host or ""), event, decision)

    def _add(self, evidence: Evidence, event: Event | None, decision: Decision) -> None:
        """A rule that changed something, or spoke for the first time."""
        about = event.reason if event is not None else evidence.about
        story = self._story(evidence.thing, decision.wall)
        wall, asked = decision.wall, _asked(evidence, decision)
        about = once(about[:ABOUT_CHARACTERS_MAX])
        changed = event is not None
        entry = Entry(evidence.rule, wall, evidence.host, asked, about, 1, changed)
        if evidence.rejected:
            story.rejected = (*story.rejected[1 - REJECTED_MAX :], entry)
        else:
            story.accepted = (*story.accepted[1 - ACCEPTED_MAX :], entry)
        story.changed_at = wall
        self._news[evidence.thing] = decision.number

    def _repeat(self, evidence: Evidence, decision: Decision) -> None:
        """A rule that changed nothing: the same again is counted, and moves to the end."""
        story = self._story(evidence.thing, decision.wall)
        entries = story.rejected if evidence.rejected else story.accepted
        place = _place_of(evidence, entries)
        if place is None:
            self._add(evidence, None, decision)
            return
        entry = entries[place]
        entry.times += 1
        entry.at, entry.asked = decision.wall, _asked(evidence, decision)
        if entry.about != evidence.about:
            entry.about = once(evidence.about[:ABOUT_CHARACTERS_MAX])
        if entry is not entries[-1]:
            moved = (*entries[:place], *entries[place + 1 :], entry)
            if evidence.rejected:
                story.rejected = moved
            else:
                story.accepted = moved
        if entry.times & (entry.times - 1) == 0:
            story.changed_at = decision.wall
            self._news[evidence.thing] = decision.number

    def _wait(self, timer: Timer, decision: Decision) -> None:
        kind, thing = timer.key.kind, timer.key.thing
        if thing not in self._stories and timer.due is None:
            return
        story = self._story(thing, decision.wall)
        rest = tuple(one for one in story.waiting if one.kind != kind and one.due > decision.wall)
        if timer.due is not None:
            rest = (*rest, Waiting(kind, decision.wall + (timer.due - decision.at)))
        if not _same(rest, story.waiting):
            story.waiting, story.changed_at = rest, decision.wall
            self._news[thing] = decision.number

    def _story(self, thing: str, wall: float) -> Story:
        story = self._stories.get(thing)
        if story is None:
            if len(self._stories) >= THINGS_MAX:
                oldest = next(iter(self._stories))
                del self._stories[oldest]
                self._news.pop(oldest, None)
                self.dropped += 1
            story = self._stories[thing] = Story(wall)
        return story


def _place_of(evidence: Evidence, entries: tuple[Entry, ...]) -> int | None:
    """Where the same was said before, and changed nothing either."""
    rule, host = evidence.rule, evidence.host
    for place, entry in enumerate(entries):
        if entry.rule == rule and entry.host == host and not entry.changed:
            return place
    return None


def _asked(evidence: Evidence, decision: Decision) -> float | None:
    """When the question left, by the wall."""
    asked = evidence.asked
    return None if asked is None else decision.wall - (decision.at - asked)


def _same(new: tuple[Waiting, ...], old: tuple[Waiting, ...]) -> bool:
    if len(new) != len(old):
        return False
    dues = {one.kind: one.due for one in old}
    return all(abs(dues.get(one.kind, inf) - one.due) < NEWS_SECS for one in new)


def _told(thing: str, story: Story) -> Explanation:
    accepted, rejected = map(_said, story.accepted), map(_said, story.rejected)
    return Explanation(thing, story.changed_at, tuple(accepted), tuple(rejected), story.waiting)


def _said(one: Entry) -> Said:
    return Said(one.rule, one.at, one.host, one.asked, one.about, one.times, one.changed)


def _gone_on(stored: Explanation) -> Story:
    """As it was stored, without timers: they do not outlive the process that set them."""
    accepted, rejected = map(_entry, stored.accepted), map(_entry, stored.rejected)
    return Story(stored.changed_at, tuple(accepted), tuple(rejected))


def _entry(one: Said) -> Entry:
    """Its texts are the ones that others have."""
    rule, host, about = map(once, (one.rule, one.host, one.about))
    return Entry(rule, one.at, host, one.asked, about, one.times, one.changed)
