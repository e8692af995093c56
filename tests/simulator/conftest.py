"""Simulated hosts under test; their clients are bytes by hand and Python's own XML-RPC."""

from collections.abc import Callable, Iterator
from typing import Any

import gevent
import pytest

from tests.simulator.peers import Stomp
from vurti.clock.gevent_clock import GeventClock
from vurti.simulator import Simulator
from vurti.world import STILL

Simulate = Callable[..., Simulator]


@pytest.fixture
def simulate() -> Iterator[Simulate]:
    """Start a simulation in which nothing happens by itself; it ends with the test."""
    running: list[Simulator] = []

    def start(**fields: Any) -> Simulator:
        fields = {"hosts": 2, "vms_per_host": 3, "world": STILL, "version": "4.5"} | fields
        simulator = Simulator(GeventClock(), **fields)
        simulator.start()
        running.append(simulator)
        return simulator

    with gevent.Timeout(60):
        yield start
    for simulator in running:
        simulator.close()


@pytest.fixture
def dial(simulate: Simulate) -> Iterator[Callable[..., Stomp]]:
    """Connect to a host by plain TCP."""
    open_: list[Stomp] = []

    def connect(simulator: Simulator, host: str = "host-1") -> Stomp:
        address = simulator.hosts[host].address
        open_.append(Stomp((address.ip, address.port)))
        return open_[-1]

    yield connect
    for one in open_:
        one.close()
