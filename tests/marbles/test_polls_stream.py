"""The built-in stream of polls: every answer and every failure, as it comes."""

from reactivex import operators as ops

from vurti.model import Missed
from vurti.testing import marbles, missed, poll, vm

UP = vm("vm1", "Up")


def test_answers_and_failures_come_as_they_are() -> None:
    with marbles() as m:
        polls = m.hot("-u-x--u|", u=poll(UP), x=missed("overloaded"))
        m.expect(m.stream("polls", polls), "-u-x--u|", u=poll(UP), x=missed("overloaded"))


def test_failures_alone_are_one_filter_away() -> None:
    with marbles() as m:
        polls = m.hot("-u-x--u|", u=poll(UP), x=missed("overloaded"))
        failures = m.stream("polls", polls).pipe(ops.filter(lambda one: isinstance(one, Missed)))
        m.expect(failures, "---x---|", x=missed("overloaded"))
