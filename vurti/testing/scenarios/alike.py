"""Values in the words of the format: whether they are alike, and how they are shown."""

from collections.abc import Iterable
from typing import Any

from vurti.testing.scenarios.words.plain import Words


class Named(dict[str, Any]):
    """A map of which only these keys are compared. Any other must have just the same keys."""


def same(expected: Any, got: Any) -> bool:
    """Whether it is what was named: `null` and an empty text are both nothing; a list must be as
    long, in any order."""
    if isinstance(expected, dict) and isinstance(got, dict):
        as_many = isinstance(expected, Named) or expected.keys() == got.keys()
        return as_many and all(same(value, got.get(key)) for key, value in expected.items())
    if isinstance(expected, list | tuple) and isinstance(got, list | tuple):
        return len(expected) == len(got) and _pair_up(list(expected), list(got))
    if expected in (None, "") and got in (None, ""):
        return True
    return bool(expected == got)


def _pair_up(expected: list[Any], got: list[Any]) -> bool:
    """In any order: an answer's order means nothing."""
    for one in expected:
        match = next((other for other in got if same(one, other)), None)
        if match is None:
            return False
        got.remove(match)
    return True


def plain(value: Any) -> Any:
    """Words as what is compared with them: those that were written."""
    if isinstance(value, Words):
        return Named({word: plain(one) for word, one in value.said().items()})
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value


def text(value: Any) -> str:
    """As a scenario writes it."""
    if value is None:
        return "null"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {text(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return listed([text(one) for one in value])
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def listed(texts: Iterable[str]) -> str:
    """As a list of a scenario."""
    return "[" + ", ".join(texts) + "]"
