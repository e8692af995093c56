"""States by the short list of VMs, with a closer look where it does not tell enough."""

import pytest
from msgspec import UNSET

from tests.sources.scripted_vdsm import UP, VM, Vdsm, refusing, returning
from tests.sources.watched_vdsm import watching
from tests.waiting import until
from vurti.model import ExitReason, PauseStatus, Question, VmStatus

LISTED = {"vmId": VM, "status": "Up", "statusTime": "2147483800"}


def test_short_polls_ask_for_the_list_alone_once_they_know_the_vms() -> None:
    host = Vdsm({"Host.getVMList": returning([LISTED])})
    with watching(host, short_polls=True) as watched:
        first = watched.ask().vms[VM]
        second = watched.ask().vms[VM]
        assert (first.status, first.name, first.pause_status) == ("Up", "web", "NONE")
        assert second == first
        assert host.methods()[1:] == ["Host.getVMList", "VM.getStats", "Host.getVMList"]


def test_short_polls_keep_the_name_of_a_vm_that_goes_on_otherwise() -> None:
    host = Vdsm({"Host.getVMList": returning([LISTED])})
    with watching(host, short_polls=True) as watched:
        watched.ask()
        host.clients[0].event("|virt|VM_status|x", {VM: {"status": "Up"}, "notify_time": 1})
        until(lambda: watched.pushes)
        host.on["Host.getVMList"] = returning([{**LISTED, "status": "Migration Source"}])
        report = watched.ask().vms[VM]
        assert (report.status, report.name) == (VmStatus.MIGRATING_FROM, "web")
        assert host.methods().count("VM.getStats") == 1


def test_short_polls_know_by_statistics_what_the_list_does_not_say() -> None:
    stuck = {**UP, "monitorResponse": "-1"}
    host = Vdsm({"Host.getVMList": returning([LISTED]), "Host.getAllVmStats": returning([stuck])})
    with watching(host, short_polls=True) as watched:
        watched.ask(Question.VM_STATISTICS)
        answer = watched.ask()
        report = answer.vms[VM]
        assert (report.status, report.name) == (VmStatus.NOT_RESPONDING, "web")
        assert answer.times == {VM: 2147483800}


@pytest.mark.parametrize("status", ["Down", "Paused"])
def test_short_polls_look_closer_once_at_a_vm_that_ended_or_paused(status: str) -> None:
    full = {
        **UP, "status": status, "pauseCode": "ENOSPC",
        "exitCode": 0, "exitReason": 6, "exitMessage": "bye",
    }  # fmt: skip
    host = Vdsm(
        {
            "Host.getVMList": returning([{**LISTED, "status": status}]),
            "VM.getStats": returning([full]),
        }
    )
    with watching(host, short_polls=True) as watched:
        first = watched.ask().vms[VM]
        assert watched.ask().vms[VM].pause_status == first.pause_status
        if status == "Down":
            assert first.exit_reason is ExitReason.ADMIN_SHUTDOWN
        else:
            assert first.pause_status is PauseStatus.ENOSPC
        assert host.methods().count("VM.getStats") == 1
        assert host.asked[-2]["params"] == {"vmID": VM}
        host.clients[0].event("|virt|VM_status|x", {VM: {"status": status}, "notify_time": 1})
        until(lambda: watched.pushes)
        watched.ask()
        assert host.methods().count("VM.getStats") == 2


def test_short_polls_neither_report_nor_miss_a_vm_that_is_gone_at_the_second_look() -> None:
    host = Vdsm(
        {"Host.getVMList": returning([{**LISTED, "status": "Down"}]), "VM.getStats": refusing(1)}
    )
    with watching(host, short_polls=True) as watched:
        states = watched.ask()
        assert (states.vms, states.unreadable, states.complete) == ({}, (VM,), True)


def test_short_polls_ask_for_everything_at_once_where_many_vms_changed() -> None:
    vms = [{**LISTED, "vmId": f"vm{n}", "status": "Down"} for n in range(5)]
    host = Vdsm({"Host.getVMList": returning(vms), "Host.getAllVmStats": returning(vms)})
    with watching(host, short_polls=True) as watched:
        assert len(watched.ask().vms) == 5
        watched.ask()
        polled = ["Host.getVMList", "Host.getAllVmStats", "Host.getVMList"]
        assert host.methods() == ["Host.ping2", *polled]


def test_where_the_list_has_ids_alone_short_polls_are_long() -> None:
    host = Vdsm({"Host.getVMList": returning([VM])})
    with watching(host, short_polls=True) as watched:
        assert watched.ask().vms[VM].status is VmStatus.UP
        assert watched.ask().vms[VM].status is VmStatus.UP
        assert host.methods().count("Host.getVMList") == 1


def test_short_polls_repeat_nothing_of_guests_and_hardware() -> None:
    """A job that has just been begun would seem to be over by a list of jobs that is old."""
    full = {**UP, "vmJobs": {}, "clientIp": "10.0.0.1", "hash": "5", "netIfaces": []}
    host = Vdsm(
        {
            "Host.getVMList": returning([LISTED]),
            "VM.getStats": returning([full]),
            "Host.getAllVmStats": returning([full]),
        }
    )
    with watching(host, short_polls=True) as watched:
        for _ in range(2):
            report = watched.ask().vms[VM]
            told = (report.jobs, report.guest, report.device_hash, report.guest_nics)
            assert told == (UNSET, UNSET, UNSET, UNSET)
            assert watched.ask(Question.VM_STATISTICS).states.vms[VM].jobs == {}
