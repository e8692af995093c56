"""The first time that a thing comes into one of some statuses, and not again until it was well."""

from typing import Literal

import reactivex
from pydantic import Field
from reactivex import Observable
from reactivex import operators as ops

from vurti.events import Event
from vurti.operators import EVENTS, Entry, Flow, Operator, StepSettings


class FirstOfSettings(StepSettings):
    """Let the first of a thing's troubles pass."""

    op: Literal["first_of"] = "first_of"

    statuses: tuple[str, ...] = Field(min_length=1)
    """A thing is in trouble while it has one of these."""

    well: tuple[str, ...] = ("Up",)
    """It is well again with one of these."""


def first_of(statuses: tuple[str, ...], well: tuple[str, ...] = ("Up",)) -> Operator:
    """Let the first event pass that brings a thing into trouble, and then its first that mends it.

    -d-u-d-|
    first_of(["Down"])
    -d-u-d-|
    """

    def operator(source: Observable[Event]) -> Observable[Event]:
        def begun(_scheduler: object) -> Observable[Event]:
            troubled: set[str] = set()  # of one subscription

            def turns(event: Event) -> bool:
                status = str(event.after.status) if event.after is not None else ""
                if event.thing not in troubled:
                    if status in statuses:
                        troubled.add(event.thing)
                        return True
                    return False
                if status in well or event.after is None:
                    troubled.discard(event.thing)
                    return True
                return False

            return source.pipe(ops.filter(turns))

        return reactivex.defer(begun)

    return operator


FIRST_OF = Entry(
    "first_of", first_of, FirstOfSettings,
    takes=EVENTS, gives=Flow.BROKEN, why="it asks about VMs and hosts, and counts are about none",
    apart=lambda _settings: True, loses=True,
)  # fmt: skip
