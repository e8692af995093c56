"""What the repository hands out: a row, and beside it what moves without being news."""

from typing import NamedTuple

from msgspec import Struct

from vurti.model import Vds, VdsStatistics, Vm, VmStatistics


class VdsRecord(Struct, frozen=True):
    """A host as it is stored. `observed_at` is when its state was last found to be another,
    `heard_at` when the host was last heard, None if never; both wall seconds."""

    value: Vds
    seq: int
    observed_at: float
    rule: str
    heard_at: float | None = None
    sampled_at: float | None = None
    statistics: VdsStatistics | None = None


class VmRecord(Struct, frozen=True):
    """A VM as it is stored. `heard_at` is when its host was last heard, None where it has none;
    `sampled_at` is when a sample last brought other values; `cluster` is its host's."""

    value: Vm
    seq: int
    observed_at: float
    rule: str
    cluster: str = ""
    heard_at: float | None = None
    sampled_at: float | None = None
    statistics: VmStatistics | None = None


class VmText(NamedTuple):
    """A VM as it is stored, without what is long of it: one flat JSON object with all that
    `vurti.wire.record.fields` tells of its record, and what tells whether that is old."""

    id: str
    run_on: str | None
    heard_at: float | None
    text: str
