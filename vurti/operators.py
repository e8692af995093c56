"""Operators on events: those that come with vurti, for a `pipe`, and what one of your own needs.

    from vurti.operators import Entry, Flow, StepSettings, register

docs/operators.md has the catalog and tells how to write one.
"""

from vurti.streams.around import Around
from vurti.streams.catalog import Entry
from vurti.streams.derived import labelled, summed
from vurti.streams.flow import ALL, EVENTS, Flow
from vurti.streams.operator import Operator
from vurti.streams.operators import (
    changed,
    count,
    dampen,
    merge,
    only,
    sample,
    set,  # the name that chains call it by
    settle,
    split,
    where,
    window,
)
from vurti.streams.operators.timed import Holder, timed
from vurti.streams.own import OperatorError, names, register
from vurti.streams.scheduler import Time
from vurti.streams.steps import StepSettings

__all__ = [
    "ALL", "EVENTS", "Around", "Entry", "Flow", "Holder", "Operator", "OperatorError",
    "StepSettings", "Time", "changed", "count", "dampen", "labelled", "merge", "names", "only",
    "register", "sample", "set", "settle", "split", "summed", "timed", "where", "window",
]  # fmt: skip
