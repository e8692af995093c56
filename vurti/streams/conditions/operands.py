"""What stands on the sides of a relation: a field of the event, or a value."""

from collections.abc import Callable
from typing import Any, NamedTuple

from vurti.events import Event
from vurti.streams.around import NOTHING_KNOWN, Around
from vurti.streams.conditions.error import ConditionError
from vurti.streams.conditions.fields import Kind, field_named, nearest
from vurti.streams.conditions.tokens import Token


class Operand(NamedTuple):
    """`name` is the field's, "" for a value; `kind` is None for `none` alone."""

    position: int
    name: str
    kind: Kind | None
    of: Callable[[Event, Around], Any]
    choices: tuple[str, ...] = ()

    @property
    def value(self) -> Any:
        """Of one that is no field."""
        return self.of(Event(), NOTHING_KNOWN)


def field(word: Token) -> Operand:
    """Raises ConditionError where there is no such field."""
    found = field_named(word.text)
    if found is None:
        what = f"there is no field {word.text!r}"
        raise ConditionError(word.position, what, nearest(word.text))
    return Operand(word.position, word.text, found.kind, found.of, found.choices)


def literal(word: Token) -> Operand:
    """A number, a text, true, false or none."""
    value: Any = word.text
    kind: Kind | None = Kind.TEXT
    if word.what == "number":
        value, kind = float(word.text), Kind.NUMBER
    elif word.what == "word":
        value = {"true": True, "false": False, "none": None}[word.text]
        kind = None if value is None else Kind.TRUTH
    return Operand(word.position, "", kind, lambda _event, _around: value)
