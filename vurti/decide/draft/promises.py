"""What one decision begins and ends of expectations and intents."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from msgspec.structs import replace

from vurti.decide.promises import expected, intended
from vurti.decide.view import ExpectationMemo, IntentMemo, View
from vurti.model import (
    Awaited,
    Expectation,
    Intent,
    IntentKind,
    IntentState,
    Outcome,
    Stamped,
    Vds,
    Vm,
)

Wake = Callable[[str, str, float | None], None]
Promised = tuple[tuple[Expectation, ...], tuple[Intent, ...], tuple[object, ...]]
Place = tuple[IntentKind, str, str | None]

_NONE: Mapping[Awaited, Expectation] = MappingProxyType({})


class Promises:
    """Reads what is open in the view, but for what this decision has said of it already."""

    def __init__(self, view: View, stamped: Stamped, wake: Wake) -> None:
        self._view, self._stamped, self._wake = view, stamped, wake
        self._expectations: dict[str, Expectation] = {}
        self._loaded: list[Expectation] = []
        self._due: dict[str, float] = {}
        self._intents: dict[Place, Intent] = {}

    @property
    def expectations(self) -> tuple[Expectation, ...]:
        """Those that began or ended."""
        return tuple(self._expectations.values())

    def told(self) -> Promised:
        """The expectations that began or ended, the intents that were raised or ended, and what the
        view is to remember of both."""
        if not (self._loaded or self._expectations or self._intents):
            return (), (), ()
        intents = tuple(self._intents.values())
        open_ = (*self._loaded, *self._expectations.values())
        memos = (ExpectationMemo(one, self._due.get(one.id, 0.0)) for one in open_)
        return self.expectations, intents, (*memos, *map(IntentMemo, intents))

    def expecting(self, thing: str) -> Mapping[Awaited, Expectation]:
        """What is open and not overdue, the latest of each kind."""
        announced = self.announced(thing)
        if not announced:  # nearly always
            return _NONE
        return {one.kind: one for one in announced if not self._overdue(one)}

    def announced(self, thing: str) -> list[Expectation]:
        """All that is open of it by now."""
        known = self._view.expectations.of(thing)
        if not (known or self._expectations):  # nearly always
            return []
        known = {**known}
        known.update((id_, one) for id_, one in self._expectations.items() if one.thing == thing)
        return [one for one in known.values() if one.outcome is Outcome.OPEN]

    def replaced(self, new: Expectation) -> list[Expectation]:
        """What cannot be waited for beside the new one."""
        return [one for one in self.announced(new.thing) if expected.replaces(new, one)]

    def open(self, expectation: Expectation) -> None:
        self._expectations[expectation.id] = expectation
        self._wait_for(expectation)

    def load(self, expectation: Expectation) -> None:
        """It was open before vurti began: that is no news, but it is waited for again."""
        self._loaded.append(expectation)
        self._wait_for(expectation)

    def end(self, expectation: Expectation, outcome: Outcome, rule: str) -> Expectation:
        ended = replace(expectation, outcome=outcome, ended_at=self._stamped.wall, rule=rule)
        self._expectations[expectation.id] = ended
        self._wake(expected.EXPECTATION, expectation.id, None)
        return ended

    def follow(
        self, thing: str, before: Vm | Vds | None, after: Vm | Vds | None, rule: str
    ) -> list[Expectation]:
        """A thing changed: what was announced of it may have come, or cannot come any more, and the
        ground of an intent may be gone."""
        for intent in self._open_intents(thing):
            if not intended.grounded(intent, before, after):
                self._close(intent, IntentState.WITHDRAWN, rule)
        return [
            self.end(one, outcome, rule)
            for one in self.announced(thing)
            if (outcome := expected.outcome(one, before, after)) is not None
        ]

    def want(self, kind: IntentKind, thing: str, host: str | None, **why: Any) -> None:
        """Raise it, where it is switched on and not open."""
        if kind not in self._view.rules.intents or self._standing((kind, thing, host)) is not None:
            return
        birth, number = self._view.birth, self._stamped.number
        id_ = f"{birth.event_id(f'intent.{number}', len(self._intents))}"
        until = self._stamped.wall + self._view.rules.intent_secs
        intent = Intent(id_, kind, thing, self._stamped.wall, until, host, **why)
        self._intents[(kind, thing, host)] = intent
        self._wake(intended.INTENT, id_, self._stamped.at + self._view.rules.intent_secs)

    def unwant(self, kind: IntentKind, thing: str, host: str | None, rule: str) -> None:
        intent = self._standing((kind, thing, host))
        if intent is not None:
            self._close(intent, IntentState.WITHDRAWN, rule)

    def expire(self, id_: str) -> None:
        intent = self._view.intents.find(id_)
        if intent is not None:
            self._close(intent, IntentState.EXPIRED, "valid no longer")

    def _wait_for(self, expectation: Expectation) -> None:
        due = self._stamped.at + expectation.expires_at - self._stamped.wall
        self._due[expectation.id] = due
        self._wake(expected.EXPECTATION, expectation.id, due)

    def _overdue(self, expectation: Expectation) -> bool:
        due = self._due.get(expectation.id, self._view.expectations.due.get(expectation.id))
        return due is not None and self._stamped.at > due

    def _open_intents(self, thing: str) -> list[Intent]:
        open_ = self._view.intents.of(thing)
        if not (open_ or self._intents):  # nearly always
            return []
        known = {(kind, thing, host): one for (kind, host), one in open_.items()}
        known.update((place, one) for place, one in self._intents.items() if place[1] == thing)
        return [one for one in known.values() if one.state is IntentState.OPEN]

    def _standing(self, place: Place) -> Intent | None:
        kind, thing, host = place
        known = self._intents.get(place) or self._view.intents.of(thing).get((kind, host))
        return known if known is not None and known.state is IntentState.OPEN else None

    def _close(self, intent: Intent, state: IntentState, rule: str) -> None:
        """One that was raised by this very decision never was."""
        place = (intent.kind, intent.thing, intent.host)
        self._wake(intended.INTENT, intent.id, None)
        if self._view.intents.of(intent.thing).get((intent.kind, intent.host)) is None:
            del self._intents[place]
            return
        self._intents[place] = replace(intent, state=state, ended_at=self._stamped.wall, rule=rule)
