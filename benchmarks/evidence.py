"""What it costs to know why: evidence and what keeps it, as a share of deciding; and its memory.

    python benchmarks/evidence.py [HOSTS] [VMS_PER_HOST] [SECS] [PACE]

The inputs of a simulated fleet are recorded in virtual time, then decided twice in one run, block
by block in turn: once without evidence, once with it and with the follower that keeps it. Of each
block counts the quickest of some rounds, so the ratio holds also on a busy machine.
"""

import argparse
import gc
import sys
import time
from collections.abc import Iterable
from typing import Any

from msgspec import Struct

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

BLOCK, ROUNDS = 200, 6
_BECAUSE = Draft.because


def main() -> None:
    """Record, decide, print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("hosts", type=int, nargs="?", default=100)
    parser.add_argument("vms_per_host", type=int, nargs="?", default=30)
    parser.add_argument("secs", type=float, nargs="?", default=300)
    parser.add_argument("pace", type=float, nargs="?", default=1.0)
    args = parser.parse_args()
    inputs = recorded(args.hosts, args.vms_per_host, args.secs, args.pace)
    gc.freeze()
    gc.disable()  # it would walk all the inputs in between, at moments that fall on one side only
    rounds = [compared(inputs, number) for number in range(ROUNDS)]
    without, with_it = (
        sum(map(min, zip(*side, strict=True))) for side in zip(*rounds, strict=True)
    )
    explanations = Explanations(time.monotonic)
    events, evidence = kept(inputs, explanations)
    things = list(explanations.stories())
    print(f"{len(inputs)} inputs, {events} events, evidence {evidence}")
    print(f"deciding {without:.2f} s, with evidence {with_it:.2f} s: {with_it / without - 1:+.1%}")
    print(f"{len(things)} things explained, {sized(things) / len(things):.0f} bytes each")


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


def kept(inputs: list[Stamped], explanations: Explanations) -> tuple[int, int]:
    """Have the follower keep all of it; returns how many events and how much evidence there was."""
    view, events, evidence = View(), 0, 0
    Draft.because = _BECAUSE  # type: ignore[method-assign] # as it was
    for stamped in inputs:
        decision = decide(view, stamped)
        view.apply(decision)
        explanations.follow(decision)
        events += len(decision.events)
        evidence += len(decision.evidence)
    return events, evidence


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


def sized(value: Any, seen: set[int] | None = None) -> int:
    """Bytes of a value and all in it, each object once."""
    seen = set() if seen is None else seen
    if id(value) in seen:
        return 0
    seen.add(id(value))
    inner: Iterable[Any] = ()
    if isinstance(value, Struct):
        inner = (getattr(value, name) for name in value.__struct_fields__)
    elif isinstance(value, tuple | list):
        inner = value
    return sys.getsizeof(value) + sum(sized(one, seen) for one in inner)


if __name__ == "__main__":
    main()
