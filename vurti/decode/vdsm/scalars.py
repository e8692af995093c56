"""vdsm's numbers and texts: "1.44" and 1.44, real numbers, and many ways to say "not known"."""

import math
import sys
from typing import Annotated

from msgspec import Meta

_BIGGEST = 2**63 - 1  # what a column of a database still takes

Odd = str | int | float | bool | None
"""Whatever a single value may come as."""

Count = Annotated[int, Meta(ge=0, le=_BIGGEST)]
Number = Annotated[float, Meta(ge=0, le=sys.float_info.max)]
"""What `count` and `number` find there, for a decoder: it refuses what they do not take, and some
ways to write a number that they do."""

_DIGITS_MAX = len(str(_BIGGEST))


def number(value: object) -> float | None:
    """A finite number that is not negative; None for whatever else stands there. Negative numbers
    are one of vdsm's ways to say that it does not know."""
    if type(value) is str:
        try:
            told = float(value)
        except ValueError:
            return None
    elif type(value) is float or type(value) is int:
        told = _as_float(value)
    else:
        return None
    return told if 0.0 <= told < math.inf else None


def integer(value: object) -> int | None:
    """A whole number of 64 bits, either sign, fractions cut off; None for whatever else."""
    if type(value) is str:
        try:
            told = int(value)
        except ValueError:
            return _whole(_text_as_float(value))
    elif type(value) is int:
        told = value
    elif type(value) is float:
        return _whole(value)
    else:
        return None
    return told if -_BIGGEST <= told <= _BIGGEST else None


def count(value: object) -> int | None:
    """A whole number that is not negative, or None."""
    if type(value) is str and len(value) < _DIGITS_MAX and value.isdecimal():
        return int(value)  # nearly all of them are written so
    told = integer(value)
    return told if told is not None and told >= 0 else None


def fitting(told: int | None) -> int | None:
    """The same; None for a whole number beyond 64 bits."""
    return told if told is None or told <= _BIGGEST else None


def positive(value: object) -> int | None:
    """A whole number above zero, or None: where "0" too is a way to say that it is not known."""
    return count(value) or None


def text(value: object) -> str | None:
    """The text as it is, control characters and all; only what no database takes is replaced: NUL
    and halves of surrogate pairs. None for what is not text."""
    if type(value) is not str:
        return None
    if value.isascii():
        return value.replace("\0", "\ufffd") if "\0" in value else value
    return (
        value.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\0", "\ufffd")
    )


def _as_float(value: float) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf


def _text_as_float(value: str) -> float:
    try:
        return float(value)
    except ValueError:
        return math.nan


def _whole(value: float) -> int | None:
    return int(value) if abs(value) < _BIGGEST else None  # False for NaN too
