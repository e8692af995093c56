"""All that reaches a scope's sequencer, and what the sequencer makes of it."""

from msgspec import Struct

from vurti.model.crossing import ClockAnew, Foreign, Hearsay, Join, Leave, Neighbours
from vurti.model.inputs import (
    Cancel,
    Expect,
    Missed,
    Push,
    Reload,
    Snapshot,
    Suspicion,
    Tick,
)

Crossing = Leave | Join | Foreign | ClockAnew | Hearsay | Neighbours
Input = Snapshot | Missed | Push | Tick | Reload | Expect | Cancel | Suspicion | Crossing


class Stamped(Struct, frozen=True, gc=False):
    """An input in the order of its scope. `at` is monotonic seconds, `wall` seconds since 1970;
    both are read once, so that everything decided from it agrees."""

    number: int
    at: float
    wall: float
    input: Input
