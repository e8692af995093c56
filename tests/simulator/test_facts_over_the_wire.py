"""From the world to a report, over a real socket: a fact of each kind that rules decide about."""

from collections.abc import Callable, Iterator
from typing import Any

import gevent
import pytest
from msgspec import UNSET

from tests.simulator.conftest import Simulate
from vurti.clock.gevent_clock import GeventClock
from vurti.model import (
    Guest,
    Host,
    Job,
    Push,
    Question,
    Snapshot,
    VmDevice,
    VmDevicesAnswer,
    VmExternalDataAnswer,
    VmReport,
)
from vurti.simulator import Simulator
from vurti.sources.vdsm import VdsmOptions
from vurti.sources.vdsm.endpoint import VdsmEndpoint
from vurti.world import Story, console, job, migrate, plug, watchdog


class Chain:
    """A simulated host, watched by the endpoint that production has."""

    def __init__(self, simulator: Simulator, url: str) -> None:
        self.simulator, self.pushes = simulator, list[Push]()
        self.vm = simulator.vm_id("vm-1")
        self.endpoint = VdsmEndpoint(Host("h", url), GeventClock(), VdsmOptions())
        self.endpoint.open(self.pushes.append, lambda host: None)

    def ask(self, question: Question, *vms: str) -> Any:
        poll = self.endpoint.fetch("h", question, 10.0, vms)
        assert isinstance(poll, Snapshot), poll
        return poll.answer

    def polled(self) -> VmReport:
        report = self.ask(Question.VMS).vms[self.vm]
        assert isinstance(report, VmReport)
        return report

    def devices(self) -> tuple[VmDevice, ...]:
        told = self.ask(Question.DEVICES, self.vm).vms[self.vm]
        assert isinstance(told, tuple)
        return told

    def do(self, story: Story) -> None:
        self.simulator.do(story)

    def pushed(self, of: Callable[[VmReport], bool]) -> VmReport:
        """The first push of the VM that is so."""
        while True:
            for push in self.pushes:
                report = push.vms.get(self.vm)
                if report is not None and of(report):
                    return report
            gevent.sleep(0.02)


@pytest.fixture(params=["vdsm+tcp"])
def chain(simulate: Simulate, request: pytest.FixtureRequest) -> Iterator[Chain]:
    simulator = simulate(sample_secs=0.2)
    chain = Chain(simulator, simulator.url("host-1", request.param))
    chain.ask(Question.VMS)
    yield chain
    chain.endpoint.close()


def sampled(chain: Chain) -> VmReport:
    """Its report once its host has looked at it twice, which takes as long as two samples."""
    while (report := chain.polled()).guest_nics is UNSET:
        gevent.sleep(0.02)
    return report


def test_a_guest_is_told_with_its_names_its_system_and_its_cards(chain: Chain) -> None:
    report = sampled(chain)
    guest, nics = report.guest, report.guest_nics
    assert isinstance(guest, Guest)
    assert isinstance(nics, tuple)
    assert guest.fqdn == f"{report.name}.example.test"
    assert (guest.host_name, guest.client_ip) == (report.name, "")
    assert "qemu-guest-agent" in (guest.app_list or "")
    assert guest.os is not None
    assert [nic.name for nic in nics] == ["eth0"]
    assert nics[0].v4[0].startswith("10.")


def test_a_console_client_that_comes_and_goes_is_pushed_and_polled(chain: Chain) -> None:
    def client(report: VmReport) -> str | None:
        return report.guest.client_ip if isinstance(report.guest, Guest) else None

    chain.do(console("vm-1", secs=0.3))
    told = chain.pushed(lambda report: bool(client(report)))
    assert (client(told) or "").startswith("192.0.2.")
    chain.pushes.clear()
    chain.pushed(lambda report: client(report) == "")
    assert client(chain.polled()) == ""


def test_a_disk_that_is_plugged_changes_the_hash_and_then_the_devices(chain: Chain) -> None:
    before, devices = chain.polled().device_hash, chain.devices()
    assert isinstance(before, str)
    assert chain.polled().device_hash == before
    chain.do(plug("vm-1"))
    chain.pushed(lambda report: report.device_hash not in (UNSET, before))
    assert chain.polled().device_hash != before
    new = [device for device in chain.devices() if device not in devices]
    assert [(device.kind, device.managed) for device in new] == [("disk", True)]
    assert new[0].address == "{type=pci, slot=0x01, bus=0x06, domain=0x0000, function=0x0}"
    assert {device.kind for device in devices} >= {"disk", "interface", "controller", "memballoon"}


def test_a_vm_that_is_not_there_spares_the_devices_of_the_others(chain: Chain) -> None:
    stranger = chain.simulator.vm_id("vm-6")
    assert set(chain.ask(Question.DEVICES, stranger, chain.vm).vms) == {chain.vm}


def test_a_watchdog_that_fired_is_told_with_its_time_ever_after(chain: Chain) -> None:
    assert chain.polled().watchdog_time is UNSET
    chain.do(watchdog("vm-1", "none"))
    first, second = chain.polled(), chain.polled()
    assert (first.watchdog, second.watchdog) == ("none", "none")
    assert isinstance(first.watchdog_time, float)
    assert first.watchdog_time == second.watchdog_time


def test_a_job_goes_on_and_is_over(chain: Chain) -> None:
    sampled(chain)
    assert chain.polled().jobs == {}
    chain.do(job("vm-1", secs=1.0))
    told = chain.pushed(lambda report: bool(report.jobs)).jobs
    assert isinstance(told, dict)
    (started,) = told.values()
    assert isinstance(started, Job)
    assert 0 <= started.cur < started.end
    while chain.polled().jobs != {}:
        gevent.sleep(0.05)


def test_a_migration_tells_how_far_it_is(chain: Chain) -> None:
    chain.do(migrate("vm-1", to="host-2"))
    told = chain.pushed(lambda report: bool(report.migration_progress))
    assert isinstance(told.migration_progress, int)
    assert 0 < told.migration_progress <= 100
    assert told == VmReport(migration_progress=told.migration_progress)


def test_samples_have_a_balloon_and_the_shares_of_cpu_and_memory(chain: Chain) -> None:
    sampled(chain)
    sample = chain.ask(Question.VM_STATISTICS).vms[chain.vm]
    assert sample.balloon.min_kb * 2 == sample.balloon.max_kb == sample.balloon.target_kb
    assert sample.cpu_user_percent > sample.cpu_sys_percent >= 0
    assert 0 < sample.memory_percent <= 100


def test_external_data_are_handed_over_and_shown_nowhere(chain: Chain) -> None:
    told = chain.ask(Question.EXTERNAL_DATA, chain.vm)
    assert isinstance(told, VmExternalDataAnswer)
    assert told.vm == chain.vm
    assert told.tpm is not None
    assert told.nvram is not None
    assert told.tpm != told.nvram
    assert told.tpm.decode() not in repr(told)


def test_nothing_but_what_reads_was_asked(chain: Chain) -> None:
    chain.devices()
    chain.ask(Question.EXTERNAL_DATA, chain.vm)
    asked = {name for name in chain.simulator.calls() if "ping" not in name}
    assert asked == {"Host.getAllVmStats", "Host.dumpxmls", "VM.getExternalData"}


def test_a_host_of_old_tells_no_devices(simulate: Simulate) -> None:
    simulator = simulate(version="4.1")
    chain = Chain(simulator, simulator.url("host-1", "vdsm+tcp"))
    chain.ask(Question.VMS)
    assert chain.ask(Question.DEVICES, chain.vm) == VmDevicesAnswer({})
    assert chain.ask(Question.EXTERNAL_DATA, chain.vm) == VmExternalDataAnswer(chain.vm)
    chain.endpoint.close()
