"""The relations of a condition: each checks that its sides can be so related, and says how."""

import operator
import re
from collections.abc import Callable
from difflib import get_close_matches
from fnmatch import translate
from typing import Any

from vurti.events import Event
from vurti.streams.around import Around
from vurti.streams.conditions.error import ConditionError
from vurti.streams.conditions.fields import Kind
from vurti.streams.conditions.operands import Operand
from vurti.streams.conditions.tokens import Token

Test = Callable[[Event, Around], bool]
COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le,
    ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
_ORDERED = frozenset({"<", "<=", ">", ">="})
PATTERN_MAX, STARS_MAX = 200, 10
"""More would make a match slow."""


def compared(left: Operand, sign: Token, right: Operand) -> Test:
    """`==` and the like. What is none is neither less nor more than anything."""
    _not_lists(left, right)
    _one_kind(left, right, sign)
    if sign.text in _ORDERED:
        _numbers(left, right, sign)
        return _ordered(left, right, COMPARED[sign.text])
    _among_choices(left, right)
    _among_choices(right, left)
    same, one, other = sign.text == "==", left.of, right.of
    return lambda event, around: _is(one(event, around), other(event, around)) is same


def matched(left: Operand, sign: Token, right: Operand) -> Test:
    """`~` and `!~`: of a list one item is enough."""
    if left.kind not in (Kind.TEXT, Kind.TEXTS, Kind.ANY):
        raise ConditionError(left.position, f"{_called(left)} is no text to match")
    if right.name or right.kind is not Kind.TEXT:
        raise ConditionError(right.position, f'`{sign.text}` needs a pattern such as "web-*"')
    if len(right.value) > PATTERN_MAX or right.value.count("*") > STARS_MAX:
        what = f"a pattern has at most {PATTERN_MAX} characters and {STARS_MAX} stars"
        raise ConditionError(right.position, what)
    fits, of, wanted = re.compile(translate(right.value)).match, left.of, sign.text == "~"

    def test(event: Event, around: Around) -> bool:
        value = of(event, around)
        texts = value if isinstance(value, tuple) else (value,)
        return any(isinstance(one, str) and fits(one) for one in texts) is wanted

    return test


def within(left: Operand, many: list[Operand] | Operand, sign: Token) -> Test:
    """`in`: a list that is written, or a field that holds one."""
    of = left.of
    if isinstance(many, Operand):
        if many.kind not in (Kind.TEXTS, Kind.ANY):
            what = f"{_called(many)} is no list: write [{many.name or '…'}] or =="
            raise ConditionError(many.position, what)
        _one_kind(left, many._replace(kind=Kind.TEXT), sign)
        _among_choices(many, left)
        there = many.of
        return lambda event, around: _has(there(event, around), of(event, around))
    for item in many:
        if item.name:
            raise ConditionError(item.position, f"a list holds values, {item.name} is a field")
        _not_lists(left, item)
        _one_kind(left, item, sign)
        _among_choices(left, item)
    values = [item.value for item in many]
    return lambda event, around: any(_is(of(event, around), value) for value in values)


def said_alone(one: Operand) -> Test:
    """A field that is true or false."""
    if one.kind not in (Kind.TRUTH, Kind.ANY):
        kind = "none" if one.kind is None else f"a {one.kind}"
        raise ConditionError(one.position, f"{_called(one)} is {kind}: compare it with something")
    return lambda event, around: one.of(event, around) is True


def _ordered(left: Operand, right: Operand, relation: Callable[[Any, Any], bool]) -> Test:
    def test(event: Event, around: Around) -> bool:
        one, other = left.of(event, around), right.of(event, around)
        return _is_number(one) and _is_number(other) and relation(one, other)

    return test


def _is(one: Any, other: Any) -> bool:
    """Equal, where true is not 1."""
    return isinstance(one, bool) is isinstance(other, bool) and bool(one == other)


def _has(many: Any, one: Any) -> bool:
    return isinstance(many, tuple) and one in many


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _not_lists(*sides: Operand) -> None:
    for side in sides:
        if side.kind is Kind.TEXTS:
            what = f'{_called(side)} is a list: write "…" in {side.name}'
            raise ConditionError(side.position, what)


def _one_kind(left: Operand, right: Operand, sign: Token) -> None:
    kinds = {left.kind, right.kind} - {Kind.ANY}
    if None in kinds and sign.text in ("==", "!="):
        return
    if len(kinds) > 1 or kinds == {None}:
        told = " and ".join(
            "none" if one.kind is None else f"a {one.kind}" for one in (left, right)
        )
        raise ConditionError(sign.position, f"`{sign.text}` between {told}: never so")


def _numbers(left: Operand, right: Operand, sign: Token) -> None:
    for side in (left, right):
        if side.kind not in (Kind.NUMBER, Kind.ANY):
            what = f"`{sign.text}` orders numbers, {_called(side)} is a {side.kind}"
            raise ConditionError(side.position, what)


def _among_choices(field: Operand, value: Operand) -> None:
    """A value that the field never has is a slip."""
    if not field.choices or value.name or value.kind is not Kind.TEXT:
        return
    if value.value not in field.choices:
        near = get_close_matches(value.value, field.choices, n=1)
        what = f"{field.name} is never {value.value!r}"
        raise ConditionError(value.position, what, near[0] if near else "")


def _called(one: Operand) -> str:
    return one.name or ("none" if one.kind is None else repr(one.value))
