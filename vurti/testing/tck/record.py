"""What was heard of a thing under test, and what was wrong with it."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, NamedTuple

from reactivex import abc

from vurti.clock import Clock
from vurti.testing.diagram import END, ERROR


class Rule(StrEnum):
    """What can be demanded of a thing under test."""

    SERIAL = "one signal at a time"
    ENDS_ONCE = "nothing after the end"
    LEFT_ALONE = "nothing after its subscriber has left"
    LEAVES_NOTHING = "no timer, task or subscription is left"
    ERRORS_GO_ON = "an error passes at once, as it is"
    COMPLETES = "it completes with its source, behind all that it holds"
    KNOWN_PASSES = "what is known passes at once"
    KNOWN_FIRST = "who comes late first hears how things stand"
    ORDER = "the events of one thing keep their order"
    HAPPENED = "what is told has happened"
    LAST = "what comes out ends where what went in ended"
    UNBROKEN = "each event of a thing begins where the one before it ended"
    LASTING = "what lasts is never lost"
    REPEATABLE = "the same again comes to the same"
    APART = "subscribers do not notice each other"
    DEMAND = "no more than was asked for, and no more kept than was agreed"
    COUNTED = "what was added up or dropped is counted"


ALWAYS = frozenset(
    {
        Rule.SERIAL,
        Rule.ENDS_ONCE,
        Rule.LEFT_ALONE,
        Rule.LEAVES_NOTHING,
        Rule.ERRORS_GO_ON,
        Rule.COMPLETES,
        Rule.ORDER,
        Rule.HAPPENED,
        Rule.REPEATABLE,
        Rule.APART,
    }
)
"""What every operator keeps to."""

WHOLE = ALWAYS | {Rule.KNOWN_PASSES, Rule.LAST, Rule.UNBROKEN, Rule.LASTING}
"""And one that leaves nothing out."""


class Fault(NamedTuple):
    """A rule that was broken, and how."""

    rule: Rule
    words: str


class Said(NamedTuple):
    """One signal: an item where `sign` is "", else END, or ERROR with the exception."""

    at: float
    sign: str
    value: Any


class Spy(abc.ObserverBase[Any]):
    """A subscriber that nothing protects: reactivex would hide from any other what comes when it
    must not. `react` is called within each item, `end` once it has heard its end: there reactivex
    lets go of the source."""

    def __init__(
        self,
        clock: Clock,
        react: Callable[[Any], None] | None = None,
        end: Callable[[], None] | None = None,
    ) -> None:
        self.said: list[Said] = []
        self.faults: list[Fault] = []
        self.left = self.ended = False
        self._clock, self._react, self._end = clock, react, end
        self._inside = False

    def on_next(self, value: Any) -> None:
        self._hear("", value)

    def on_error(self, error: Exception) -> None:
        self._hear(ERROR, error)

    def on_completed(self) -> None:
        self._hear(END, None)

    def items(self) -> list[Any]:
        """What it was told, without the end."""
        return [one.value for one in self.said if not one.sign]

    def _hear(self, sign: str, value: Any) -> None:
        now = self._clock.now()
        words = f"{sign or value!r} at {now:g} s"
        if self._inside:
            self.faults.append(Fault(Rule.SERIAL, f"{words} came within another signal"))
        if self.ended:
            self.faults.append(Fault(Rule.ENDS_ONCE, f"{words} came after the end"))
        if self.left:
            self.faults.append(Fault(Rule.LEFT_ALONE, words))
        self.said.append(Said(now, sign, value))
        self.ended = self.ended or bool(sign)
        self._inside = True
        try:
            if self._react is not None and not sign:
                self._react(value)
        finally:
            self._inside = False
        if sign and self._end is not None:
            self._end()
