"""For tests of streams, also of those that users make: time as text, values in one word.

`marbles` runs diagrams in virtual time, through the parts that production runs; `vm`, `vds`,
`poll`, `push`, `missed`, `capabilities` and `statistics` make the values that stand for their
letters. docs/testing.md tells how.
"""

from vurti.clock.virtual_clock import VirtualClock
from vurti.testing.marbles import Marbles, marbles
from vurti.testing.values import capabilities, missed, poll, push, statistics, vds, vm

__all__ = [
    "Marbles",
    "VirtualClock",
    "capabilities",
    "marbles",
    "missed",
    "poll",
    "push",
    "statistics",
    "vds",
    "vm",
]
