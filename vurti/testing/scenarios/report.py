"""How scenarios went, for people and for programs."""

from collections import Counter
from collections.abc import Iterable

import msgspec

from vurti.testing.scenarios.run import Result, Verdict

_INDENT = "     "


def lines(result: Result) -> list[str]:
    """`pass ID`, `n/a ID reason`, or `FAIL ID` and below it what was expected and what came."""
    first = f"{result.verdict} {result.id}"
    if result.verdict is Verdict.PASS:
        return [first]
    if result.verdict is Verdict.NOT_APPLICABLE:
        return [f"{first} {result.reason}"]
    told = [f"{result.where}  {result.title}".strip(), *result.reason.splitlines()]
    for one in result.differences:
        at = f" after step {one.step}" if one.step is not None else ""
        told += [f"{one.what}{at}", f"  expected  {one.expected}", f"  got       {one.got}"]
    return [first, *(f"{_INDENT}{line}" for line in told)]


def as_json(result: Result) -> str:
    """The same as one JSON object."""
    return msgspec.json.encode(result).decode()


def counts(results: Iterable[Result]) -> Counter[Verdict]:
    """How many went how."""
    return Counter(result.verdict for result in results)


def summary(results: Iterable[Result]) -> str:
    """`N passed, N failed, N not applicable`."""
    of = counts(results)
    return (
        f"{of[Verdict.PASS]} passed, {of[Verdict.FAIL]} failed, "
        f"{of[Verdict.NOT_APPLICABLE]} not applicable"
    )
