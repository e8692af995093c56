"""The simulated source does what every source must do, in virtual time."""

from collections.abc import Callable, Iterator

import pytest

from vurti.clock import Clock
from vurti.clock.virtual_clock import VirtualClock
from vurti.model import Host, VmStatus
from vurti.sources.sim import (
    SOURCE,
    SharedWorld,
    SimEndpoint,
    SimOptions,
    open_endpoint,
    shared_world,
)
from vurti.testing.sources import SourceConformance
from vurti.world import Story, die, hang, pause, restore, resume

STILL = SimOptions(seed=3, hosts=2, vms_per_host=2, pace=0.0, latency_secs=0.1)


class SimBench:
    """A still world of two hosts. Each clock has a world of its own."""

    source = SOURCE
    hosts = (Host("a", "sim://host-1"), Host("b", "sim://host-2"))

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self._world: SharedWorld | None = None
        self._outage: Callable[[str], Story] = restore

    def endpoint(self, host: Host, clock: Clock) -> SimEndpoint:
        endpoint = open_endpoint(host, clock, STILL)
        self._world = shared_world(clock, STILL)
        self._world.do(self._outage(_machine(host)))
        return endpoint

    def hang(self) -> None:
        self._all(hang)

    def refuse(self) -> None:
        self._all(die)

    def recover(self) -> None:
        self._all(restore)

    def speak(self, host: Host) -> tuple[str, tuple[VmStatus, ...]]:
        assert self._world is not None
        vm = min(self._world.world.machines[_machine(host)].runs)
        self._world.do(pause(vm))
        self._world.do(resume(vm))
        return vm, (VmStatus.PAUSED, VmStatus.UP)

    def sent(self) -> frozenset[str]:
        return frozenset()

    def _all(self, outage: Callable[[str], Story]) -> None:
        self._outage = outage
        for host in self.hosts if self._world is not None else ():
            self._world.do(outage(_machine(host)))


def _machine(host: Host) -> str:
    return host.url.removeprefix("sim://")


class TestSim(SourceConformance):
    """Every fact of the kit."""

    @pytest.fixture
    def bench(self) -> Iterator[SimBench]:
        bench = SimBench()
        yield bench
        bench.clock.run(until=bench.clock.now() + 1)
        assert bench.clock.stray() == []
        assert bench.clock.errors == []
