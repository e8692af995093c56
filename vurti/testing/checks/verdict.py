"""What a test expected beside what it got, and where the two part."""

from collections.abc import Mapping
from itertools import zip_longest
from typing import Any, NamedTuple

from vurti.events import VdsKnown, VmKnown
from vurti.testing.checks.compare import difference
from vurti.testing.checks.diagrams import drawn
from vurti.testing.checks.given import Check
from vurti.testing.checks.stage import Heard
from vurti.testing.checks.told import brief, words
from vurti.testing.diagram import END, ERROR, Sign

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Verdict(NamedTuple):
    """How a test went. `difference` is "" where all is as expected. `got` is what the stream said,
    under the names that the test has for it or under new ones, which `strange` tells of."""

    test: Check
    difference: str = ""
    tick: int = 0
    expected: tuple[Sign, ...] = ()
    got: tuple[Sign, ...] = ()
    ticks: int = 0
    strange: Mapping[str, str] = {}

    @property
    def passed(self) -> bool:
        """Everything is as it was expected."""
        return not self.difference


def judged(
    test: Check, heard: list[Heard], refused: list[str], clusters: Mapping[str, str]
) -> Verdict:
    """Compare, sign by sign."""
    shown = drawn(test.told, test.values)
    told = [one for one in heard if not _is_silent(one, test)]
    texts = [words(one.item, clusters) if not one.sign else {} for one in told]
    ticks = [int(one.at / test.secs + 1e-6) for one in told]
    names = _names(test, shown.signs, told, texts)
    got = tuple(Sign(tick, name) for tick, (name, _) in zip(ticks, names, strict=True))
    what, tick = _first(test, shown.signs, told, texts, got)
    if refused and not what:
        what = f"vurti refused what was announced: {'; '.join(refused)}"
    lasts = max([shown.ticks, drawn(test.given, test.values).ticks, *(one + 1 for one in ticks)])
    strange = {name: text for name, text in names if text}
    return Verdict(test, what, tick, shown.signs, got, lasts, strange)


def broken(test: Check, error: BaseException) -> Verdict:
    """It failed by vurti itself, which is told with what lies beneath."""
    while error.__cause__ is not None:
        error = error.__cause__
    return Verdict(test, f"vurti has a bug: {type(error).__name__}: {error}", ticks=1)


def _is_silent(heard: Heard, test: Check) -> bool:
    """What is known at the start is no news, unless the test expects it."""
    kinds = {value.expected.get("event") for value in test.values.values() if value.expected}
    is_known = isinstance(heard.item, VmKnown | VdsKnown)
    return is_known and not kinds & {"VmKnown", "VdsKnown"}


def _names(
    test: Check,
    signs: tuple[Sign, ...],
    told: list[Heard],
    texts: list[dict[str, Any]],
) -> list[tuple[str, str]]:
    """A name for each thing that was said, and what it is where the test has no name for it."""
    fresh = iter([letter for letter in LETTERS if letter not in test.values])
    given: dict[str, str] = {}
    names: list[tuple[str, str]] = []
    for index, (one, text) in enumerate(zip(told, texts, strict=True)):
        if one.sign:
            names.append((one.sign, str(one.item) if one.sign == ERROR else ""))
            continue
        fitting = [
            name
            for name, value in test.values.items()
            if value.expected is not None and not difference(value.expected, text)
        ]
        here = signs[index].name if index < len(signs) else ""
        if fitting:
            names.append((here if here in fitting else fitting[0], ""))
            continue
        said = brief(one.item)
        name = given.setdefault(said, "") or next(fresh, "?")
        given[said] = name
        names.append((name, said))
    return names


def _first(
    test: Check,
    signs: tuple[Sign, ...],
    told: list[Heard],
    texts: list[dict[str, Any]],
    got: tuple[Sign, ...],
) -> tuple[str, int]:
    """The first difference in words, and its tick; "" where there is none."""
    for index, (sign, sent) in enumerate(zip_longest(signs, got)):
        if sign is None:
            return f"{_called(sent)} came, and nothing more was expected", sent.tick
        if sent is None:
            return f"{_called(sign)} was expected, and nothing came any more", sign.tick
        same, came = sign.name == sent.name, f"{told[index].at:g} s"
        if sent.tick < sign.tick:
            early = f", and was expected at {sign.tick * test.secs:g} s" if same else ""
            return f"{_called(sent)} came{early or ', and nothing was expected yet'}", sent.tick
        if sent.tick > sign.tick:
            late = "came only" if same else f"nothing came until {_called(sent)}"
            return f"{_called(sign)} was expected, and {late} at {came}", sign.tick
        if found := _differs(test, sign, told[index], texts[index]):
            return f"{_called(sign)} was expected, {_called(sent)} came{found}", sign.tick
    return "", 0


def _differs(test: Check, sign: Sign, heard: Heard, text: dict[str, Any]) -> str:
    if sign.name in (END, ERROR) or heard.sign:
        return "" if sign.name == heard.sign else ", which is something else"
    found = difference(test.values[sign.name].expected, text)
    return found and f": {found}"


def _called(sign: Sign) -> str:
    return {END: "the end `|`", ERROR: "an error `#`"}.get(sign.name, sign.name)
