"""For tests of streams, also of those that users make: time as text, values in one word.

`marbles` runs diagrams in virtual time, through the parts that production runs; `vm`, `vds`,
`poll`, `push`, `expect` and the others make the values that stand for their letters.
docs/testing.md tells how.
"""

from vurti.clock.virtual_clock import VirtualClock
from vurti.testing.marbles import Marbles, marbles
from vurti.testing.scope import own_judge
from vurti.testing.values import (
    cancel,
    capabilities,
    devices,
    expect,
    external_data,
    intent,
    known,
    missed,
    poll,
    push,
    restart,
    statistics,
    vds,
    vm,
)

__all__ = [
    "Marbles",
    "VirtualClock",
    "cancel",
    "capabilities",
    "devices",
    "expect",
    "external_data",
    "intent",
    "known",
    "marbles",
    "missed",
    "own_judge",
    "poll",
    "push",
    "restart",
    "statistics",
    "vds",
    "vm",
]
