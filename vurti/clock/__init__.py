"""The Clock port: everything that waits, times out or spawns goes through it, and nothing else may.

`GeventClock` is the real one; `VirtualClock` runs the same code deterministically in no time.
"""

from vurti.clock.port import Clock, Entrance, Signal, Task, Timeout, Worker

__all__ = ["Clock", "Entrance", "Signal", "Task", "Timeout", "Worker"]
