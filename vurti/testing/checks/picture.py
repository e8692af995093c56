"""A test that failed, drawn: what came in, what was expected and what came out, one under the
other, with the first difference marked and what each name stands for."""

from collections.abc import Iterator

from vurti.testing.checks.diagrams import drawn
from vurti.testing.checks.told import in_words
from vurti.testing.checks.verdict import Verdict
from vurti.testing.diagram import END, ERROR, Sign, column, draw


def picture(verdict: Verdict) -> str:
    """Several lines, without file and name."""
    test = verdict.test
    given = drawn(test.given, test.values).signs
    rows = [given, verdict.expected, verdict.got]
    heads = ["in", "expected", "got"]
    drawings = draw(rows, verdict.ticks)
    at = verdict.tick * test.secs
    mark = " " * column(rows, verdict.tick) + f"^ at {at:g} s: {verdict.difference}"
    every = "a second" if test.secs == 1 else f"{test.secs:g} s"
    lines = [f"stream {test.stream}; one character is {every}", ""]
    lines += [f"{head:9} {line}" for head, line in zip(heads, drawings, strict=True)]
    lines += [" " * 10 + mark, "", *_legend(verdict, given)]
    return "\n".join(line.rstrip() for line in lines)


def _legend(verdict: Verdict, given: tuple[Sign, ...]) -> Iterator[str]:
    """What the names stand for, by where they stand."""
    values = verdict.test.values
    coming_in = {sign.name for sign in given}
    coming_out = {sign.name for sign in (*verdict.expected, *verdict.got)}
    width = max((len(name) for name in {*coming_in, *coming_out}), default=1)
    for name, value in values.items():
        if name in coming_in:
            where = "in, out" if name in coming_out else "in"
            yield f"{where:9} {name:{width}} = {value.brief}"
    for name, value in values.items():
        if name in coming_out - coming_in and value.expected is not None:
            yield f"{'expected':9} {name:{width}} = {_expected(value.expected, value.brief)}"
    for name, text in verdict.strange.items():
        if name not in (END, ERROR):
            yield f"{'got':9} {name:{width}} = {text}"


def _expected(expected: object, brief: str) -> str:
    return in_words(expected) if isinstance(expected, dict) and "vms" not in expected else brief
