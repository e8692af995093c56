"""What it costs to know why: evidence and what keeps it, beside deciding without it.

The inputs of a simulated fleet are recorded in virtual time, then decided twice in one run, block
by block in turn: once without evidence, once with it and with the follower that keeps it.
"""

import gc
import time
from collections.abc import Iterable, Iterator
from typing import Any

from benchmarks.registry import OURS, Figure, Run, benchmark
from vurti import PushAdapter
from vurti.clock.virtual_clock import VirtualClock
from vurti.config import Config
from vurti.decide import View, decide
from vurti.decide.draft import Draft
from vurti.model import Stamped
from vurti.repository.settings import RepositorySettings
from vurti.sources import SourceOptions
from vurti.sources.sim import demo_fleet
from vurti.streams.poll_settings import PollSettings
from vurti.updaters.explanations import Explanations

BLOCK, HOSTS, VMS = 200, 50, 30
FLEETS = {"as lively as by default": (300.0, 1.0), "ten times as lively": (60.0, 10.0)}
"""Seconds of their life, and how lively."""
_BECAUSE = Draft.because


@benchmark("evidence", "Knowing why", "µs an input")
def evidence(run: Run) -> Iterator[Figure]:
    """What evidence costs, the follower that keeps it included, beside deciding the same inputs
    without it. They are those of a fleet in virtual time, of 50 hosts with 30 VMs: one as lively as
    by default, and one ten times as lively, in which a VM changes every 15 s. The budget is 10 %
    more."""
    for row, (secs, pace) in FLEETS.items():
        inputs = recorded(run.many(HOSTS), VMS, run.secs(secs), pace)
        gc.freeze()
        gc.disable()  # it would walk all the inputs in between, at moments that fall on one side
        for number in range(run.rounds):
            without, with_it = compared(inputs, number)
            yield Figure(row, OURS, 1e6 * sum(with_it) / len(inputs))
            yield Figure(row, "without evidence", 1e6 * sum(without) / len(inputs))
        gc.enable()
        gc.unfreeze()


def recorded(hosts: int, vms_per_host: int, secs: float, pace: float) -> list[Stamped]:
    """Every input of a fleet that lives for so long."""
    clock = VirtualClock()
    fleet, sim = demo_fleet(hosts, vms_per_host, seed=1)
    config = Config(
        hosts=fleet,
        poll=PollSettings(status_secs=2.0),
        repository=RepositorySettings(url="sqlite://"),
        sources=SourceOptions(sim=sim.model_copy(update={"pace": pace})),
    )
    inputs: list[Stamped] = []
    with PushAdapter(config, clock=clock) as adapter:
        adapter.pipeline.sequencer.stamped.subscribe(inputs.append)
        adapter.run(secs)
    return inputs


def compared(inputs: list[Stamped], number: int) -> tuple[list[float], list[float]]:
    """CPU seconds of each block, decided without evidence and with it. Who is second finds the
    block in the caches, so that changes from round to round."""
    silent = Side(_silent, lambda _: None)
    told = Side(_BECAUSE, Explanations(time.monotonic).follow)
    for at in range(0, len(inputs), BLOCK):
        block = inputs[at : at + BLOCK]
        for side in (silent, told) if (at // BLOCK + number) % 2 else (told, silent):
            side.decide(block)
    return silent.secs, told.secs


class Side:
    """One way to decide the same inputs, with a view of its own."""

    def __init__(self, because: Any, follow: Any) -> None:
        self.secs: list[float] = []
        self._view, self._because, self._follow = View(), because, follow

    def decide(self, block: Iterable[Stamped]) -> None:
        Draft.because = self._because  # type: ignore[method-assign] # the one thing compared
        began = time.process_time()
        for stamped in block:
            decision = decide(self._view, stamped)
            self._view.apply(decision)
            self._follow(decision)
        self.secs.append(time.process_time() - began)


def _silent(*_: object, **__: object) -> None:
    """No evidence."""
