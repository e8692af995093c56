"""One commit from what both updaters hold."""

from collections.abc import Iterable
from typing import TypeVar

from vurti.events import Event
from vurti.model import Expectation, Intent, Row
from vurti.model.commit import Commit
from vurti.updaters.part import Part
from vurti.updaters.updater import Updater

P = TypeVar("P", Expectation, Intent)


def next_commit(
    vdss: Updater,
    vms: Updater,
    number_first: int,
    rows_max: int | None,
    number_max: int | None = None,
) -> Commit:
    """Take whole decisions from `number_first` on, up to `number_max` if that is given, as far as
    both updaters have seen them and until `rows_max` parts about VMs are together. It may be
    empty."""
    number_last = min(vdss.number_seen, vms.number_seen)
    if number_max is not None:
        number_last = min(number_last, number_max)
    vm_parts = vms.take(number_last, rows_max)
    if rows_max is not None and len(vm_parts) >= rows_max:
        number_last = vm_parts[-1].number
    return commit_of(number_first, number_last, vdss.take(number_last), vm_parts)


def commit_of(number_first: int, number_last: int, vdss: list[Part], vms: list[Part]) -> Commit:
    """The last row of each thing, all events in the order decided, and each expectation and intent
    as it was last (contract 7)."""
    parts = (*vdss, *vms)
    expectations = _last(one for part in parts for one in part.expectations)
    intents = _last(one for part in parts for one in part.intents)
    return Commit(
        number_first, number_last, _rows(vdss), _rows(vms), _events(parts), expectations, intents
    )


def is_empty(commit: Commit) -> bool:
    """Whether there is nothing to write (contract 10)."""
    return not (commit.vdss or commit.vms or commit.events or commit.expectations or commit.intents)


def size(commit: Commit) -> int:
    """How many changes of hosts and VMs it holds."""
    rows = max(len(commit.vdss) + len(commit.vms), len(commit.events))
    return max(rows, len(commit.expectations) + len(commit.intents))


def _rows(parts: Iterable[Part]) -> tuple[Row, ...]:
    last = {part.thing: part.row for part in parts if part.row is not None}
    return tuple(last.values())


def _last(promises: Iterable[P]) -> tuple[P, ...]:
    return tuple({one.id: one for one in promises}.values())


def _events(parts: Iterable[Part]) -> tuple[Event, ...]:
    placed = [(part.number, index, event) for part in parts for index, event in part.events]
    return tuple(event for _, _, event in sorted(placed, key=lambda one: one[:2]))
