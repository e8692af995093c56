"""How tests went, as lines for people and for programs."""

from collections.abc import Iterator, Sequence

from vurti.testing.checks.picture import picture
from vurti.testing.checks.verdict import Verdict
from vurti.testing.diagram import draw
from vurti.wire.ndjson import inert, inert_json


def lines(verdict: Verdict) -> Iterator[str]:
    """A test that failed: where it stands, its name, and its picture."""
    test = verdict.test
    yield f"{test.where}: FAILED: {test.why}"
    if test.link:
        yield f"    see {test.link}"
    for line in picture(verdict).split("\n"):
        yield f"    {inert(line)}".rstrip()


def as_json(verdict: Verdict) -> str:
    """One object, without a newline."""
    test = verdict.test
    told: dict[str, object] = {
        "test": test.why, "where": test.where, "stream": test.stream, "passed": verdict.passed,
    }  # fmt: skip
    if not verdict.passed:
        expected, got = draw([verdict.expected, verdict.got], verdict.ticks)
        told |= {
            "difference": verdict.difference,
            "at_secs": verdict.tick * test.secs,
            "expected": expected.rstrip(),
            "got": got.rstrip(),
            "values": {
                **{name: value.brief for name, value in test.values.items()},
                **verdict.strange,
            },
        }
    return inert_json(told)


def summary(verdicts: Sequence[Verdict]) -> str:
    """`5 tests, 1 failed`."""
    failed = sum(not one.passed for one in verdicts)
    return f"{len(verdicts)} test{'' if len(verdicts) == 1 else 's'}, {failed} failed"
