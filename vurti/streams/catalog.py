"""The operators by the names that chains call them: their settings, and what must stand before."""

from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Literal

from msgspec import Struct
from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from vurti.events import KINDS
from vurti.model import VdsStatus, VmStatus
from vurti.streams import operators
from vurti.streams.operator import Operator

STATUSES = tuple(dict.fromkeys(str(status) for kind in (VmStatus, VdsStatus) for status in kind))
Kind = Annotated[str, Field(json_schema_extra={"names": list(KINDS)})]
Status = Annotated[str, Field(json_schema_extra={"names": list(STATUSES)})]


class Flow(StrEnum):
    """What can be relied on in a stream of events."""

    UNBROKEN = "unbroken"  # each event of a thing begins where the one before it ended
    BROKEN = "broken"  # some are left out, or were told before it was clear that they last


class StepSettings(BaseModel):
    """One step of a chain. `op` names it."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    op: str

    def operator(self) -> Operator:
        """The operator that these settings make."""
        raise NotImplementedError


class SettleSettings(StepSettings):
    """Hold each thing's events until it is quiet, then say their sum."""

    op: Literal["settle"] = "settle"

    secs: float = Field(gt=0, le=86_400)
    """So long must a thing be quiet before it is told of."""

    secs_max: float | None = Field(None, gt=0, le=86_400)
    """A thing that never comes to rest is told of after this time; without it, not before it does.
    Not less than `secs`."""

    @field_validator("secs_max")
    @classmethod
    def _not_less_than_secs(cls, value: float | None, info: ValidationInfo) -> float | None:
        if value is not None and value < info.data.get("secs", 0):
            raise ValueError("must not be less than secs")
        return value

    def operator(self) -> Operator:
        return operators.settle(self.secs, self.secs_max)


class WindowSettings(StepSettings):
    """Say the sum of each thing's events at the end of each stretch of time."""

    op: Literal["window"] = "window"

    secs: float = Field(gt=0, le=86_400)
    """The length of a window."""

    def operator(self) -> Operator:
        return operators.window(self.secs)


class SampleSettings(StepSettings):
    """Say at most one event of each thing in a stretch of time."""

    op: Literal["sample"] = "sample"

    secs: float = Field(gt=0, le=86_400)
    """The least time between two events of one thing."""

    def operator(self) -> Operator:
        return operators.sample(self.secs)


class OnlySettings(StepSettings):
    """Let pass what fits everything that is given; at least one thing must be."""

    op: Literal["only"] = "only"

    kinds: tuple[Kind, ...] = Field((), max_length=100)
    """Names of events, such as `VmStateChanged`."""

    vms: tuple[str, ...] = Field((), max_length=10_000)
    """Ids or names of VMs; `*` and `?` stand for anything."""

    hosts: tuple[str, ...] = Field((), max_length=10_000)
    """Ids of hosts; `*` and `?` stand for anything."""

    statuses: tuple[Status, ...] = Field((), max_length=100)
    """The status after the event, or before it where the thing was removed."""

    def operator(self) -> Operator:
        return operators.only(self.kinds, self.vms, self.hosts, self.statuses)


class Entry(Struct, frozen=True):
    """One operator of the catalog. `takes` is what it needs of the stream before it, `gives` what
    it makes of it; None is "any" and "the same". `why` says what the need is for. `loses`: it
    leaves events out for good; what any other gives ends, for each thing, where what it took did,
    and tells of all that lasts."""

    name: str
    function: Callable[..., Operator]
    settings: type[StepSettings]
    takes: Flow | None = None
    gives: Flow | None = None
    why: str = ""
    loses: bool = False


_SUMS = "it adds events up, which needs all of them, before any is told"
CATALOG: dict[str, Entry] = {
    entry.name: entry
    for entry in (
        Entry("settle", operators.settle, SettleSettings, takes=Flow.UNBROKEN, why=_SUMS),
        Entry("window", operators.window, WindowSettings, takes=Flow.UNBROKEN, why=_SUMS),
        Entry(
            "sample",
            operators.sample,
            SampleSettings,
            takes=Flow.UNBROKEN,
            gives=Flow.BROKEN,
            why=_SUMS,
        ),
        Entry("only", operators.only, OnlySettings, gives=Flow.BROKEN, loses=True),
    )
}
