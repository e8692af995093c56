"""The same histories in one scope and in several: per VM and host the same story."""

from typing import Any

from tests.decide.histories.truth import HOSTS
from tests.decide.histories.watched import Check, WatchedFold
from vurti.events import (
    Event,
    VdsJoinedScope,
    VdsLeftScope,
    VmJoinedScope,
    VmLeftScope,
)
from vurti.model import Decision, Expectation, Host, Input, Intent, Tick
from vurti.testing.fold import Recorded
from vurti.testing.scoped_fold import ScopedFold

CROSSINGS = (VmLeftScope, VmJoinedScope, VdsLeftScope, VdsJoinedScope)
SCOPES = {
    "cluster": {"A": "east", "B": "west", "C": "west"},
    "divided": {"A": "part.1", "B": "part.2", "C": "part.3"},
}


class Mirrored(WatchedFold):
    """A fold whose every input also goes to several scopes; after each both must say the same."""

    def __init__(self, mode: str, checks: dict[str, Check], **given: Any) -> None:
        self.told: dict[str, list[tuple[object, ...]]] = {}
        self.mirror: ScopedFold | None = None
        super().__init__(checks, **given)
        known = self.begun_with
        scope_of = SCOPES[mode]
        parts = {
            name: Recorded(
                tuple(row for row in known.vdss if scope_of[row.value.id] == name), (), (), ()
            )
            for name in dict.fromkeys(scope_of.values())
        }
        self.mirror = ScopedFold([Host(one) for one in HOSTS], scope_of, self.view.rules, parts,
                                 at=self.at, wall=self.wall)  # fmt: skip

    def give(self, given: Input) -> Decision:
        if not hasattr(self, "begun_with"):
            self.begun_with = self.recorded
        decision = super().give(given)
        if self.mirror is not None and not isinstance(given, Tick):
            self.mirror.fire(self.at)
            self.mirror.give(given)
            self.compare()
        return decision

    def restart(self, recorded: Recorded | None = None) -> Decision:
        mirror, self.mirror = self.mirror, None
        assert mirror is not None
        mirror.fire(self.at)
        decision = super().restart(recorded)
        mirror.restart()
        self.mirror = mirror
        self.compare()
        return decision

    def move(self, scope_of: dict[str, str]) -> None:
        """Hosts go to these scopes."""
        assert self.mirror is not None
        self.mirror.fire(self.at)
        self.mirror.move(scope_of)
        self.compare()

    def compare(self) -> None:
        assert self.mirror is not None
        mine = _stories([one for decision in self.decisions for one in decision.events])
        others = _stories(self.mirror.events)
        assert others == mine, _first_difference(mine, others)
        views = self.mirror.views.values()
        for kind, rows in (("vms", self.view.vms), ("vdss", self.view.vdss)):
            theirs = [row for view in views for row in getattr(view, kind).values()]
            assert {row.value.id: (row.value, row.rule, row.observed_at) for row in theirs} == {
                row.value.id: (row.value, row.rule, row.observed_at) for row in rows.values()
            }
            assert len(theirs) == len(rows)
        open_ = {one.id: _expectation(one) for view in views for one in view.expectations}
        assert open_ == {one.id: _expectation(one) for one in self.view.expectations}
        wanted = sorted(_intent(one) for view in views for one in view.intents)
        assert wanted == sorted(_intent(one) for one in self.view.intents)


def _stories(events: list[Event]) -> dict[str, list[tuple[object, ...]]]:
    stories: dict[str, list[tuple[object, ...]]] = {}
    for one in events:
        if not isinstance(one, CROSSINGS):
            stories.setdefault(one.thing, []).append(_told(one))
    return stories


def _told(one: Event) -> tuple[object, ...]:
    what = (one.kind, one.before, one.after, one.marks, one.times)
    return (*what, one.reason, one.rule, one.host, one.observed_at, one.restart)


def _first_difference(mine: dict[str, Any], others: dict[str, Any]) -> str:
    for thing in {**mine, **others}:
        one, other = mine.get(thing, []), others.get(thing, [])
        for place, (this, that) in enumerate(zip(one, other, strict=False)):
            if this != that:
                return f"{thing} at {place}:\none     {this}\nseveral {that}"
        if len(one) != len(other):
            return f"{thing}: one has {one[len(other) :]}, several have {other[len(one) :]}"
    return ""


def _expectation(one: Expectation) -> tuple[object, ...]:
    return one.kind, one.thing, one.host, one.job, one.expires_at


def _intent(one: Intent) -> tuple[str, ...]:
    return str(one.kind), one.thing, one.host or "", one.reason, one.rule, str(one.raised_at)
