"""The settings of the operators that come with vurti, each as one step of a chain."""

from collections.abc import Iterable
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from vurti.events import KINDS, Label, Severity
from vurti.model import VdsStatus, VmStatus
from vurti.settings import nearest
from vurti.streams.conditions import FIELDS, Condition, field_named
from vurti.streams.conditions import nearest as nearest_field

DAY_SECS = 86_400
STATUSES = tuple(dict.fromkeys(str(status) for kind in (VmStatus, VdsStatus) for status in kind))
STATE = tuple(name.removeprefix("after.") for name in FIELDS if name.startswith("after."))


class Misnamed(ValueError):
    """A name that nothing bears; `nearest` is one that would do, "" where none is like it."""

    def __init__(self, what: str, nearest: str = "") -> None:
        super().__init__(what)
        self.nearest = nearest


def _among(names: Iterable[str], what: str) -> AfterValidator:
    known = tuple(names)

    def check(name: str) -> str:
        if name not in known:
            raise Misnamed(f"there is no {name!r} among the {what}", nearest(name, known) or "")
        return name

    return AfterValidator(check)


def _is_field(name: str) -> str:
    if field_named(name) is None:
        raise Misnamed(f"there is no field {name!r}", nearest_field(name))
    return name


def _is_condition(text: str) -> str:
    Condition(text)
    return text


def _is_plain(name: str) -> str:
    if not (name and name.isprintable() and "." not in name):
        raise ValueError(f"{name!r} is no name: it must be printable, without a dot")
    return name


Kind = Annotated[str, _among(KINDS, "kinds"), Field(json_schema_extra={"names": list(KINDS)})]
Status = Annotated[
    str, _among(STATUSES, "statuses"), Field(json_schema_extra={"names": list(STATUSES)})
]
StatePart = Annotated[
    str, _among(STATE, "parts of a state"), Field(json_schema_extra={"names": list(STATE)})
]
FieldName = Annotated[
    str, AfterValidator(_is_field), Field(json_schema_extra={"names": ["kind", "host", "cluster"]})
]
ConditionText = Annotated[
    str,
    AfterValidator(_is_condition),
    Field(json_schema_extra={"names": ["status == 'Down'", "kind ~ 'Vm*'", "'crashed' in marks"]}),
]
PlainName = Annotated[str, Field(max_length=100), AfterValidator(_is_plain)]


class StepSettings(BaseModel):
    """One step of a chain. `op` names it; all else is handed to the operator's function."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    op: str


class SettleSettings(StepSettings):
    """Hold each thing's events until it is quiet, then say their sum."""

    op: Literal["settle"] = "settle"

    secs: float = Field(gt=0, le=DAY_SECS)
    """So long must a thing be quiet before it is told of."""

    secs_max: float | None = Field(None, gt=0, le=DAY_SECS)
    """A thing that never comes to rest is told of after this time; without it, not before it does.
    Not less than `secs`."""

    @field_validator("secs_max")
    @classmethod
    def _not_less_than_secs(cls, value: float | None, info: ValidationInfo) -> float | None:
        if value is not None and value < info.data.get("secs", 0):
            raise ValueError("must not be less than secs")
        return value


class WindowSettings(StepSettings):
    """Say the sum of each thing's events at the end of each stretch of time."""

    op: Literal["window"] = "window"

    secs: float = Field(gt=0, le=DAY_SECS)
    """The length of a window."""


class SampleSettings(StepSettings):
    """Say at most one event of each thing in a stretch of time."""

    op: Literal["sample"] = "sample"

    secs: float = Field(gt=0, le=DAY_SECS)
    """The least time between two events of one thing."""


class DampenSettings(StepSettings):
    """Hold what a key says beyond a number of events, until it calms."""

    op: Literal["dampen"] = "dampen"

    events_max: int = Field(ge=1, le=100_000)
    """So many events of a key may pass in any `secs`."""

    secs: float = Field(gt=0, le=DAY_SECS)
    """The time in which they are counted."""

    by: tuple[FieldName, ...] = Field((), max_length=10)
    """The fields that make a key, such as `host`; none: each VM and each host is one."""

    secs_max: float = Field(600.0, gt=0, le=DAY_SECS)
    """After this time what is held is said, calm or not."""

    keys_max: int = Field(10_000, ge=1, le=1_000_000)
    """So many keys are kept apart."""


class CountSettings(StepSettings):
    """Say how many events came in each stretch of time."""

    op: Literal["count"] = "count"

    secs: float = Field(gt=0, le=DAY_SECS)
    """The length of a stretch."""

    by: tuple[FieldName, ...] = Field((), max_length=10)
    """The fields that make a group, such as `cluster`; none: all events are one."""

    groups_max: int = Field(1000, ge=1, le=100_000)
    """So many groups are told apart in a stretch."""


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

    @model_validator(mode="after")
    def _asks_for_something(self) -> Self:
        if not (self.kinds or self.vms or self.hosts or self.statuses):
            raise ValueError("only needs at least one of kinds, vms, hosts, statuses")
        return self


class WhereSettings(StepSettings):
    """Let pass that of which a condition holds."""

    op: Literal["where"] = "where"

    condition: ConditionText
    """What must hold, such as `ha and status == "Down"`."""


class ChangedSettings(StepSettings):
    """Let pass what changes one of these parts of a state."""

    op: Literal["changed"] = "changed"

    fields: tuple[StatePart, ...] = Field(min_length=1, max_length=100)
    """Parts of the state of a VM or host, such as `status`, `run_on`, `guest.ip`."""


class SetSettings(StepSettings):
    """Put labels on events."""

    op: Literal["set"] = "set"

    labels: dict[PlainName, Label] = Field({}, max_length=50)
    """Names and what they say, such as `{ team = "night" }`."""

    severity: Severity | None = None
    """How bad it is, whatever its marks say: `normal`, `warning` or `error`."""

    @model_validator(mode="after")
    def _sets_something(self) -> Self:
        if not self.labels and self.severity is None:
            raise ValueError("set needs labels, severity or both")
        return self


class MergeSettings(StepSettings):
    """Several streams as one."""

    op: Literal["merge"] = "merge"


class SplitSettings(StepSettings):
    """Give each event to one of several parts."""

    op: Literal["split"] = "split"

    into: dict[PlainName, ConditionText] = Field(min_length=1, max_length=100)
    """The parts and their conditions, in the order in which they are asked."""

    rest: PlainName = "rest"
    """The part of what fits none of them."""

    @model_validator(mode="after")
    def _rest_is_another(self) -> Self:
        if self.rest in self.into:
            raise ValueError(f"rest is {self.rest!r}, and so is one of the parts in into")
        return self
