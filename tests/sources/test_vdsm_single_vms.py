"""What a vdsm host is asked about single VMs: their devices, and what lies outside of them."""

from typing import Any

import pytest

from tests.decode.test_domains import DOMAIN
from tests.sources.scripted_vdsm import VM, Act, Client, Vdsm, refusing, returning
from tests.sources.watched_vdsm import Watched, watching
from vurti.decode.domain import devices
from vurti.model import (
    Miss,
    Missed,
    Poll,
    Question,
    Snapshot,
    VmDevicesAnswer,
    VmExternalDataAnswer,
)

OTHER = "00000000-0000-0000-0000-000000000002"
SECRET = "c2VjcmV0LXRwbS1kYXRh"


def fetched(watched: Watched, question: Question, *vms: str) -> Poll:
    return watched.endpoint.fetch("h", question, 5.0, vms)


def answer(poll: Poll) -> Any:
    assert isinstance(poll, Snapshot), poll
    return poll.answer


def missed(poll: Poll) -> Missed:
    assert isinstance(poll, Missed), poll
    return poll


def test_devices_are_asked_for_in_one_call_and_a_broken_vm_spares_the_others() -> None:
    for broken in ("<domain", None, 5, ["x"]):
        host = Vdsm({"Host.dumpxmls": returning({VM: DOMAIN, OTHER: broken, "x": DOMAIN})})
        with watching(host) as watched:
            told = answer(fetched(watched, Question.DEVICES, VM, OTHER))
            assert told == VmDevicesAnswer({VM: devices(DOMAIN)})
            assert host.asked[-1]["params"] == {"vmList": [VM, OTHER]}
            assert watched.endpoint.traffic.unreadable == (broken is not None)


def test_a_host_that_refuses_for_one_vm_is_asked_of_each() -> None:
    def dump(client: Client, request: dict[str, Any]) -> None:
        vms = request["params"]["vmList"]
        if OTHER in vms:
            client.refuse(request, 1, "Virtual machine does not exist")
        else:
            client.answer(request, dict.fromkeys(vms, DOMAIN))

    with watching(Vdsm({"Host.dumpxmls": dump})) as watched:
        both = answer(fetched(watched, Question.DEVICES, OTHER, VM))
        assert both == VmDevicesAnswer({VM: devices(DOMAIN)})
        assert answer(fetched(watched, Question.DEVICES, OTHER)) == VmDevicesAnswer({})


@pytest.mark.parametrize(
    ("act", "kind"),
    [(refusing(99), Miss.RECOVERING), (refusing(16), Miss.BAD_REPLY),
     (returning([DOMAIN]), Miss.DECODE)],
)  # fmt: skip
def test_devices_that_cannot_be_had_are_missed(act: Act, kind: Miss) -> None:
    with watching(Vdsm({"Host.dumpxmls": act})) as watched:
        assert missed(fetched(watched, Question.DEVICES, VM)).kind is kind


def test_a_host_that_does_not_know_these_calls_has_nothing_to_tell_and_is_not_asked_again() -> None:
    unknown = refusing(-32601)
    host = Vdsm({"Host.dumpxmls": unknown, "VM.getExternalData": unknown})
    with watching(host) as watched:
        for _ in range(3):
            assert answer(fetched(watched, Question.DEVICES, VM)) == VmDevicesAnswer({})
        assert host.methods().count("Host.dumpxmls") == 1
        told = answer(fetched(watched, Question.EXTERNAL_DATA, VM))
        assert told == VmExternalDataAnswer(VM, None, None)


def keeps(tpm: object, nvram: object) -> Act:
    def act(client: Client, request: dict[str, Any]) -> None:
        client.answer(request, {"tpm": tpm, "nvram": nvram}[request["params"]["kind"]])

    return act


def test_external_data_are_read_anew_of_either_kind_and_shown_nowhere() -> None:
    act = keeps({"_X_data": SECRET, "hash": "1"}, {"hash": ""})
    host = Vdsm({"VM.getExternalData": act})
    with watching(host) as watched:
        told = answer(fetched(watched, Question.EXTERNAL_DATA, VM))
        assert told == VmExternalDataAnswer(VM, SECRET.encode(), None)
        assert SECRET not in repr(told) + str(told)
        asked = [one["params"] for one in host.asked if one["method"] == "VM.getExternalData"]
        assert asked == [
            {"vmID": VM, "kind": "tpm", "forceUpdate": True},
            {"vmID": VM, "kind": "nvram", "forceUpdate": True},
        ]


@pytest.mark.parametrize(
    "odd", [SECRET, [SECRET], {"_X_data": [SECRET]}, {"_X_data": SECRET + "é"}]
)
def test_contract_19_external_data_of_the_wrong_shape_are_missed_and_not_quoted(
    odd: object,
) -> None:
    with watching(Vdsm({"VM.getExternalData": keeps(odd, {})})) as watched:
        miss = missed(fetched(watched, Question.EXTERNAL_DATA, VM))
        assert miss.kind is Miss.DECODE
        assert SECRET not in repr(miss)


def test_external_data_that_one_kind_of_is_refused_are_missed() -> None:
    with watching(Vdsm({"VM.getExternalData": refusing(1)})) as watched:
        assert missed(fetched(watched, Question.EXTERNAL_DATA, VM)).kind is Miss.BAD_REPLY


@pytest.mark.parametrize("vms", [(), (VM, OTHER)])
def test_external_data_are_of_one_vm(vms: tuple[str, ...]) -> None:
    with watching(Vdsm()) as watched:
        assert missed(fetched(watched, Question.EXTERNAL_DATA, *vms)).kind is Miss.BUSY
