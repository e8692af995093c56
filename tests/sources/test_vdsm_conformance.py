"""vdsm over JSON-RPC does what every source must do, against hosts written by hand."""

from collections.abc import Iterator

import gevent
import pytest

from tests.sources.scripted_vdsm import EVENTS, UP, Port, Vdsm, silent
from tests.sources.watched_vdsm import QUICK
from vurti.clock import Clock
from vurti.clock.gevent_clock import GeventClock
from vurti.model import Host, VmStatus
from vurti.sources.vdsm import SOURCE, VdsmOptions, open_endpoint
from vurti.streams.endpoint import Endpoint
from vurti.testing.sources import SourceConformance


class VdsmBench:
    """Two hosts, each on a port of its own."""

    source = SOURCE

    def __init__(self) -> None:
        self.clock = GeventClock()
        self._vdsms = [Vdsm(), Vdsm()]
        self._ports = [Port(vdsm) for vdsm in self._vdsms]
        first, second = (port.url for port in self._ports)
        self.hosts = (Host("a", first), Host("b", second))
        self._well = dict(self._vdsms[0].on)

    def endpoint(self, host: Host, clock: Clock) -> Endpoint:
        return open_endpoint(host, clock, VdsmOptions.model_validate(QUICK))

    def hang(self) -> None:
        for vdsm in self._vdsms:
            vdsm.on = dict.fromkeys(vdsm.on, silent)

    def refuse(self) -> None:
        for port in self._ports:
            port.shut()

    def recover(self) -> None:
        for vdsm, port in zip(self._vdsms, self._ports, strict=True):
            vdsm.on = dict(self._well)
            port.open()

    def speak(self, host: Host) -> tuple[str, tuple[VmStatus, ...]]:
        client = self._vdsms[self.hosts.index(host)].clients[-1]
        assert EVENTS in client.subscribed
        vm = UP["vmId"]
        for time, status in enumerate(("Paused", "Up")):
            client.event(f"|virt|VM_status|{vm}", {vm: {"status": status}, "notify_time": time})
        return vm, (VmStatus.PAUSED, VmStatus.UP)

    def sent(self) -> frozenset[str]:
        return frozenset(method for vdsm in self._vdsms for method in vdsm.methods())

    def close(self) -> None:
        for port in self._ports:
            port.shut()


class TestVdsm(SourceConformance):
    """Every fact of the kit."""

    @pytest.fixture
    def bench(self) -> Iterator[VdsmBench]:
        bench = VdsmBench()
        with gevent.Timeout(120):
            yield bench
        bench.close()
