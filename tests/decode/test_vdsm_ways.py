"""Answers of vdsm are decoded at once where they are well, and else field by field: both ways say
the same, whatever a number is written as."""

import json
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

from vurti.decode import vdsm
from vurti.decode.vdsm.records import GoodSamples, SampledRecord
from vurti.model import VmStatisticsAnswer

BIGGEST = 2**63 - 1
ODD = (
    "", " ", "-1", "-1.00", "-0", "+5", " 5", "5 ", "1_0", "007", "5.", ".5", "5e3", "5E-3", "0x1f",
    "1e18", "9.3e18", "1e19", "1e400", "nan", "inf", "-Infinity", "null", "true", "0.00", "\u0663",
    "1" * 18 + ".0", "9" * 400, str(BIGGEST), str(BIGGEST + 1), f"{BIGGEST}.0", "2.5e-324",
)  # fmt: skip
WHOLE = st.integers(0, 2**53) | st.integers() | st.sampled_from((BIGGEST, BIGGEST + 1, 2**64))
FRACTIONS = st.floats(0, 1e6) | st.floats()
NUMBERS = (
    WHOLE | WHOLE.map(str) | FRACTIONS | FRACTIONS.map(str) | FRACTIONS.map("{:.2f}".format)
    | st.none() | st.booleans() | st.sampled_from(ODD)
)  # fmt: skip


def parts(*names: str, also: st.SearchStrategy[Any] = NUMBERS) -> st.SearchStrategy[Any]:
    """A map that tells some of these."""
    return st.fixed_dictionaries({}, optional=dict.fromkeys(names, also))


SOME = st.none() | st.just([]) | st.just({})
DISK = parts("readBytes", "writtenBytes", "truesize") | parts("lunGUID", "truesize", "readBytes")
DEVICES = {
    "network": st.dictionaries(st.sampled_from(("a", "b")), parts("rx", "tx") | SOME) | SOME,
    "disks": st.dictionaries(st.sampled_from(("a", "b")), DISK | SOME) | SOME,
    "balloonInfo": SOME
    | parts("balloon_cur", "balloon_max", "balloon_target", "balloon_min", "ballooning_enabled"),
}
PLAIN = dict.fromkeys(
    ("cpuUser", "cpuSys", "cpuUsage", "cpuActual", "vcpuCount", "guestCPUCount", "memUsage",
     "statusTime", "hash"), NUMBERS,
)  # fmt: skip
VMS = st.lists(
    st.fixed_dictionaries(
        {"vmId": st.sampled_from(("a", "b", "c")), "status": st.sampled_from(("Up", "Down"))},
        optional=PLAIN | DEVICES,
    ),
    max_size=3,
)
ODD_VM = {"vmId": "z", "status": "Up", "cpuUser": [], "disks": {"a": 5}}


@given(VMS)
def test_the_quick_way_says_what_the_way_field_by_field_does(vms: list[dict[str, Any]]) -> None:
    assert vdsm.vm_statistics_json(json.dumps(vms).encode()) == vdsm.vm_statistics(vms)


@given(VMS)
def test_a_vm_whose_record_is_odd_changes_nothing_of_the_others(vms: list[dict[str, Any]]) -> None:
    alone = vdsm.vm_statistics_json(json.dumps(vms).encode())
    beside = vdsm.vm_statistics_json(json.dumps([*vms, ODD_VM]).encode())
    assert without(beside, "z") == alone


@given(st.lists(VMS, max_size=4))
def test_what_a_host_said_before_changes_nothing_of_what_it_says(
    answers: list[list[dict[str, Any]]],
) -> None:
    known = vdsm.Known()
    for vms in [answer for answer in answers for _ in "again"]:
        body = json.dumps(vms).encode()
        assert vdsm.vm_states_json(body, known) == vdsm.vm_states_json(body)
        assert vdsm.vm_statistics_json(body, known) == vdsm.vm_statistics_json(body)


def test_while_only_samples_move_the_very_same_reports_are_given() -> None:
    known = vdsm.Known()

    def told(status: str, moment: int) -> bytes:
        sample = {"cpuUser": f"{moment}.00", "statusTime": str(moment), "elapsedTime": str(moment)}
        disks = {"vda": {"readBytes": str(moment), "truesize": str(moment)}}
        one = {"status": status, "hash": "5", "appsList": ["a"], "disks": disks, **sample}
        return json.dumps([{"vmId": vm, **one} for vm in ("a", "b")]).encode()

    first = vdsm.vm_states_json(told("Up", 1), known).vms
    assert vdsm.vm_states_json(told("Up", 2), known).vms is first
    assert vdsm.vm_statistics_json(told("Up", 3), known).states.vms is first  # type: ignore[union-attr]
    assert vdsm.vm_states_json(told("Paused", 4), known).vms != first
    assert vdsm.vm_states_json(told("Up", 5), known).vms == first


def test_what_a_host_has_of_luns_is_noticed_whenever_it_comes_and_goes() -> None:
    known = vdsm.Known()

    def luns(disk: dict[str, str]) -> object:
        told = [{"vmId": "a", "status": "Up", "hash": "5", "disks": {"sda": disk}}]
        return vdsm.vm_states_json(json.dumps(told).encode(), known).vms["a"].luns

    lun = {"lunGUID": "36001", "truesize": str(20 * 1024**3)}
    assert [luns(disk) for disk in ({}, lun, {}, lun)] == [UNSET, {"36001": 20}] * 2


def without(answer: VmStatisticsAnswer, vm: str) -> VmStatisticsAnswer:
    """The answer as if that VM had not been there."""
    for told in (answer.vms, answer.states.vms, answer.states.times):  # type: ignore[union-attr]
        told.pop(vm, None)  # type: ignore[attr-defined]
    return answer


def test_the_numbers_of_a_state_that_comes_with_them_are_those_of_samples_alone() -> None:
    together = {one.name: one for one in msgspec.structs.fields(SampledRecord)}
    for alone in msgspec.structs.fields(GoodSamples):
        one = together[alone.name]
        assert (one.encode_name, one.default) == (alone.encode_name, alone.default), alone.name
        if alone.name != "disks":  # which must be no LUNs besides
            assert one.type == alone.type, alone.name
