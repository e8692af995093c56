"""One expectation of a marble test: what was heard, and how it is told that it was wrong."""

from collections.abc import Mapping
from itertools import zip_longest
from typing import Any, NamedTuple

from reactivex import Observable, abc
from reactivex.disposable import Disposable

from vurti.clock import Clock
from vurti.testing.compare import brief, difference
from vurti.testing.diagram import END, ERROR, Diagram, Sign, column, draw

TOLERANCE_SECS = 0.002
"""Rules may wait a millisecond more than they must, so as not to be early by a rounding."""
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Heard(NamedTuple):
    """Something that a stream said: END, ERROR with the exception, or "" with a value."""

    at: float
    sign: str
    value: Any


class Expectation:
    """What an observable must say. Nothing is checked before `complaint` is asked for."""

    def __init__(
        self, clock: Clock, secs: float, drawn: Diagram, values: Mapping[str, Any], error: Any
    ) -> None:
        self._clock, self._secs, self._drawn = clock, secs, drawn
        self._values, self._error = values, error
        self._heard: list[Heard] = []
        self._subscription: abc.DisposableBase = Disposable()

    def subscribe(self, observable: Observable[Any], scheduler: abc.SchedulerBase) -> None:
        self._subscription = observable.subscribe(
            lambda value: self._hear("", value),
            lambda error: self._hear(ERROR, error),
            lambda: self._hear(END, None),
            scheduler=scheduler,
        )

    def dispose(self) -> None:
        self._subscription.dispose()

    def complaint(self) -> str:
        """Both diagrams under each other with the first difference marked; "" where all is well."""
        pairs = zip_longest(self._drawn.signs, self._heard)
        for index, (sign, heard) in enumerate(pairs):
            if what := self._wrong(sign, heard):
                return self._picture(index, what)
        return ""

    def _hear(self, sign: str, value: Any) -> None:
        self._heard.append(Heard(self._clock.now(), sign, value))

    def _wrong(self, sign: Sign | None, heard: Heard | None) -> str:
        if sign is None or heard is None:
            missing = f"expected nothing more, got {self._telling(heard)}" if heard else ""
            return missing or f"expected {sign.name if sign else ''}, got nothing more"
        when = sign.tick * self._secs
        if abs(heard.at - when) > min(TOLERANCE_SECS, 0.1 * self._secs):
            told = self._telling(heard)
            return f"expected {sign.name} at {when:g} s, got {told} at {heard.at:g} s"
        found = self._differs(sign.name, heard)
        return f"{sign.name} at {when:g} s: {found}" if found else ""

    def _differs(self, name: str, heard: Heard) -> str:
        if name == ERROR and heard.sign == ERROR:
            return self._of_errors(heard.value)
        if name == END and heard.sign == END:
            return ""
        if name in (END, ERROR) or heard.sign:
            return f"expected {name}, got {self._telling(heard)}"
        return difference(self._values.get(name, name), heard.value)

    def _of_errors(self, error: Exception) -> str:
        if self._error is None or str(error) == str(self._error):
            return ""
        if isinstance(self._error, type) and isinstance(error, self._error):
            return ""
        return f"expected the error {self._error!r}, got {error!r}"

    def _telling(self, heard: Heard) -> str:
        return heard.sign or self._known_as(heard) or "a value"

    def _picture(self, index: int, what: str) -> str:
        got, strange = self._as_signs()
        expected = list(self._drawn.signs)
        ticks = max([self._drawn.ticks, *(sign.tick + 1 for sign in got)])
        lines = draw([expected, got], ticks)
        firsts = [signs[index].tick for signs in (expected, got) if index < len(signs)]
        mark = " " * column([expected, got], min(firsts)) + "^"
        values = {**self._values, **strange}
        named = {sign.name for sign in (*expected, *got)}
        told = [f"  {name} = {brief(value)}" for name, value in values.items() if name in named]
        head = [f"expected  {lines[0]}", f"got       {lines[1]}", f"          {mark} {what}"]
        return "\n".join(line.rstrip() for line in (*head, *told))

    def _as_signs(self) -> tuple[list[Sign], dict[str, Any]]:
        """What was heard as a diagram: under the expected names where it is what they stand for,
        under new ones where it is not."""
        fresh = (letter for letter in LETTERS if letter not in self._values)
        signs: list[Sign] = []
        strange: dict[str, Any] = {}
        for index, heard in enumerate(self._heard):
            name = heard.sign or self._known_as(heard, index)
            if not name:
                name = next(fresh, "?")
                strange[name] = heard.value
            signs.append(Sign(int(heard.at / self._secs + 1e-6), name))
        return signs, strange

    def _known_as(self, heard: Heard, index: int | None = None) -> str:
        """The name that was expected at this place if it fits, else the first that does."""
        if not self._values:
            return str(heard.value)
        fitting = [n for n, value in self._values.items() if not difference(value, heard.value)]
        signs = self._drawn.signs
        if index is not None and index < len(signs) and signs[index].name in fitting:
            return signs[index].name
        return fitting[0] if fitting else ""
