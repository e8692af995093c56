"""From the words of a condition to what it asks of an event."""

from collections.abc import Callable

from vurti.events import Event
from vurti.streams.around import NOTHING_KNOWN, Around
from vurti.streams.conditions.error import ConditionError
from vurti.streams.conditions.operands import Operand, field, literal
from vurti.streams.conditions.relations import COMPARED, compared, matched, said_alone, within
from vurti.streams.conditions.tokens import Token, tokens

DEPTH_MAX = 20
"""So deep may brackets and `not` be nested."""
LIST_MAX = 1000

Test = Callable[[Event, Around], bool]


class Condition:
    """One condition, read. `text` is how it was written: two of the same text are equal."""

    def __init__(self, text: str) -> None:
        """Raises ConditionError."""
        self.text = text
        self._test = _Reader(tokens(text)).all()

    def holds(self, event: Event, around: Around = NOTHING_KNOWN) -> bool:
        """Whether it is so of this event."""
        return self._test(event, around)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Condition) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)


class _Reader:
    """Reads by recursive descent; what binds less stands higher."""

    def __init__(self, words: list[Token]) -> None:
        self._words = words
        self._place = self._depth = 0

    def all(self) -> Test:
        test = self._either()
        if self._next.what != "end":
            raise self._unexpected("`and`, `or` or the end")
        return test

    def _either(self) -> Test:
        tests = [self._both()]
        while self._take("or"):
            tests.append(self._both())
        return tests[0] if len(tests) == 1 else _any_of(tests)

    def _both(self) -> Test:
        tests = [self._one()]
        while self._take("and"):
            tests.append(self._one())
        return tests[0] if len(tests) == 1 else _all_of(tests)

    def _one(self) -> Test:
        self._depth += 1
        if self._depth > DEPTH_MAX:
            raise ConditionError(self._next.position, f"nested more than {DEPTH_MAX} deep")
        try:
            if self._take("not"):
                return _none_of(self._one())
            if self._take("("):
                test = self._either()
                self._need(")")
                return test
            return self._relation()
        finally:
            self._depth -= 1

    def _relation(self) -> Test:
        left = self._operand()
        sign = self._next
        if sign.text in COMPARED and sign.what == "sign":
            self._advance()
            return compared(left, sign, self._operand())
        if sign.text in ("~", "!~") and sign.what == "sign":
            self._advance()
            return matched(left, sign, self._operand())
        if self._take("in"):
            return within(left, self._many(), sign)
        if self._words[self._place : self._place + 2] and self._is_not_in():
            self._place += 2
            return _none_of(within(left, self._many(), sign))
        return said_alone(left)

    def _is_not_in(self) -> bool:
        two = self._words[self._place : self._place + 2]
        return [(one.what, one.text) for one in two] == [("word", "not"), ("word", "in")]

    def _many(self) -> list[Operand] | Operand:
        """A list of literals, or a field that holds one."""
        if not self._take("["):
            return self._operand()
        items: list[Operand] = []
        while not self._take("]"):
            if items:
                self._need(",")
            items.append(self._operand())
            if len(items) > LIST_MAX:
                raise ConditionError(self._next.position, f"a list has at most {LIST_MAX} items")
        return items

    def _operand(self) -> Operand:
        word = self._next
        if word.what == "name":
            made = field(word)
        elif word.what in ("number", "text") or word.text in ("true", "false", "none"):
            made = literal(word)
        else:
            raise self._unexpected("a field or a value")
        self._advance()
        return made

    @property
    def _next(self) -> Token:
        return self._words[self._place]

    def _advance(self) -> None:
        self._place += 1

    def _take(self, text: str) -> bool:
        word = self._next
        if word.text != text or word.what not in ("word", "sign"):
            return False
        self._advance()
        return True

    def _need(self, text: str) -> None:
        if not self._take(text):
            raise self._unexpected(f"`{text}`")

    def _unexpected(self, wanted: str) -> ConditionError:
        word = self._next
        there = "it ends" if word.what == "end" else f"there is {word.text!r}"
        return ConditionError(word.position, f"expected {wanted}, but {there}")


def _any_of(tests: list[Test]) -> Test:
    return lambda event, around: any(test(event, around) for test in tests)


def _all_of(tests: list[Test]) -> Test:
    return lambda event, around: all(test(event, around) for test in tests)


def _none_of(test: Test) -> Test:
    return lambda event, around: not test(event, around)
