"""The operators by the names that chains call them: what each takes, and what it makes of it."""

from collections.abc import Callable
from functools import partial
from typing import Any

from msgspec import Struct

from vurti.streams import operators, steps
from vurti.streams.around import NOTHING_KNOWN, Around
from vurti.streams.flow import ALL, EVENTS, Flow
from vurti.streams.operator import Operator
from vurti.streams.steps import StepSettings


def _together(_step: StepSettings) -> bool:
    return False


class Entry(Struct, frozen=True):
    """One operator. `function` is called with what its settings say, under the same names, and
    gives an Operator; where it `asks` it gets `around` besides, an Around.

    `takes` are the flows that it can stand behind, and `why` says what else would come of it;
    `gives` what it makes of them, None is "the same". `last`: nothing can stand behind it.
    `apart` says of its settings whether what it says of a thing depends on that thing's events
    alone: a reader of the log then goes by each thing for itself. `loses`: it leaves events out for
    good; what any other gives ends, for each thing, where what it took did, and tells of all that
    lasts. `written` is how it is written, for one that is no step.
    """

    name: str
    function: Callable[..., Any]
    settings: type[StepSettings]
    takes: tuple[Flow, ...] = ALL
    gives: Flow | None = None
    why: str = ""
    asks: bool = False
    loses: bool = False
    apart: Callable[[Any], bool] = _together
    last: bool = False
    written: str = ""

    def operator(self, step: StepSettings, around: Around = NOTHING_KNOWN) -> Operator:
        """The operator that these settings make."""
        given = {name: getattr(step, name) for name in type(step).model_fields if name != "op"}
        if self.asks:
            given["around"] = around
        made: Operator = self.function(**given)
        return made


_SUMS = "it adds events up, which needs all of them, before any is told"
_ABOUT_THINGS = "it asks about VMs and hosts, and counts are about none"
_AGAIN = "counts of counts say nothing"
_ALL_OF_THEM = (Flow.UNBROKEN,)


def _each(_step: StepSettings) -> bool:
    return True


def _without_keys(step: StepSettings) -> bool:
    return not getattr(step, "by", ())


def _entries() -> tuple[Entry, ...]:
    op, of = operators, steps
    broken, derived = Flow.BROKEN, Flow.DERIVED
    apart = partial(Entry, apart=_each)
    out = partial(Entry, apart=_each, loses=True, gives=broken)
    return (
        apart("settle", op.settle, of.SettleSettings, _ALL_OF_THEM, why=_SUMS),
        apart("window", op.window, of.WindowSettings, _ALL_OF_THEM, why=_SUMS),
        apart("sample", op.sample, of.SampleSettings, _ALL_OF_THEM, broken, _SUMS),
        Entry(
            "dampen", op.dampen, of.DampenSettings, _ALL_OF_THEM, why=_SUMS, asks=True,
            apart=_without_keys,
        ),
        out("only", op.only, of.OnlySettings),
        out("where", op.where, of.WhereSettings, asks=True),
        out("changed", op.changed, of.ChangedSettings, EVENTS, why=_ABOUT_THINGS),
        apart("set", op.set, of.SetSettings),
        Entry(
            "count", op.count, of.CountSettings, EVENTS, derived, _AGAIN, asks=True, loses=True
        ),
        Entry("merge", op.merge, of.MergeSettings, written='from = ["hosts", "vms"]'),
        out("split", op.split, of.SplitSettings, asks=True, last=True),
    )  # fmt: skip


CATALOG: dict[str, Entry] = {entry.name: entry for entry in _entries()}
"""Those that come with vurti."""
