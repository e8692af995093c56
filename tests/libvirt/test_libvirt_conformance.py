"""libvirt does what every source must do, against real daemons with real VMs."""

from collections.abc import Callable, Iterator

import pytest

from tests.libvirt.bed import Bed
from tests.libvirt.machine import Guest
from tests.libvirt.watching import beside
from vurti.clock import Clock
from vurti.clock.gevent_clock import GeventClock
from vurti.model import Host, VmStatus
from vurti.sources.libvirt import SOURCE, LibvirtOptions, open_endpoint
from vurti.streams.endpoint import Endpoint
from vurti.testing.sources import SourceConformance
from vurti.wire import libvirt_calls
from vurti.wire.libvirt_calls import Call

pytestmark = pytest.mark.libvirt

QUICK = {"keepalive_secs": 0.5, "retry_secs": 0.1, "retry_secs_max": 0.2}


class LibvirtBench:
    """Two hosts with a VM each."""

    source = SOURCE

    def __init__(self, bed: Bed, packed: set[str]) -> None:
        self.clock = GeventClock()
        self._bed, self._packed = bed, packed
        self._guests: dict[str, Guest] = {}
        for name, host in zip(("a", "b"), bed.hosts, strict=True):
            self._guests[name] = bed.vm()
            host.start(self._guests[name])
        first, second = (host.url for host in bed.hosts)
        self.hosts = (Host("a", first), Host("b", second))

    def endpoint(self, host: Host, clock: Clock) -> Endpoint:
        return open_endpoint(host, clock, LibvirtOptions.model_validate(QUICK))

    def hang(self) -> None:
        for host in self._bed.hosts:
            host.hang_daemon()

    def refuse(self) -> None:
        for host in self._bed.hosts:
            host.kill_daemon()

    def recover(self) -> None:
        for host in self._bed.hosts:
            beside(host.start_daemon)

    def speak(self, host: Host) -> tuple[str, tuple[VmStatus, ...]]:
        machine = self._bed.hosts[self.hosts.index(host)]
        guest = self._guests[host.id]
        beside(machine.pause, guest)
        beside(machine.resume, guest)
        return guest.id, (VmStatus.PAUSED, VmStatus.UP)

    def sent(self) -> frozenset[str]:
        return frozenset(self._packed)


class TestLibvirt(SourceConformance):
    """Every fact of the kit."""

    @pytest.fixture
    def bench(self, bed: Bed, monkeypatch: pytest.MonkeyPatch) -> Iterator[LibvirtBench]:
        packed = set[str]()
        pack: Callable[[Call, int], bytes] = libvirt_calls.pack

        def noted(call: Call, serial: int) -> bytes:
            packed.add(libvirt_calls.procedure_of(call).name)
            return pack(call, serial)

        monkeypatch.setattr(libvirt_calls, "pack", noted)
        yield LibvirtBench(bed, packed)
        for host in bed.hosts:
            if host.daemon_lives():
                host.unhang_daemon()
