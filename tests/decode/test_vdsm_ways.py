"""Answers of vdsm are decoded at once where they are well, and else field by field: both ways say
the same, whatever a number is written as."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec import UNSET

from vurti.decode import vdsm
from vurti.decode.vdsm import reading, states, statistics
from vurti.decode.vdsm.records import GoodSamples, SampledRecord, StateRecord
from vurti.decode.vdsm.report import report
from vurti.model import VmReport, VmStatesAnswer, VmStatisticsAnswer

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
WRITTEN = {
    "vmId": "a", "status": "Up", "cpuUser": "1.44", "cpuSys": "0.50", "cpuUsage": "15000",
    "vcpuCount": "2", "memUsage": "40", "network": {"a": {"rx": "1", "tx": "2"}},
    "disks": {"a": {"readBytes": "3", "writtenBytes": "4"}, "b": {"writtenBytes": "5"}},
    "balloonInfo": {f"balloon_{name}": "1024" for name in ("cur", "max", "target", "min")},
}  # fmt: skip
"""As hosts are used to write it."""
WITH_LUN = {**WRITTEN, "disks": {"a": {"lunGUID": "36001", "truesize": "1024", "readBytes": "3"}}}
BEYOND = str(BIGGEST + 1)
NOT_KNOWN = [
    *[{**WRITTEN, "memUsage": odd} for odd in ("-1.00", "inf", "nan", "1e9999")],
    {**WRITTEN, "vcpuCount": BEYOND}, {**WRITTEN, "balloonInfo": {"balloon_cur": BEYOND}},
    {**WRITTEN, "network": {"a": {"rx": BEYOND}}},
    {**WRITTEN, "disks": {"a": {"readBytes": BEYOND}}},
]  # fmt: skip
ODD_VM = {"vmId": "z", "status": "Up", "cpuUser": [], "disks": {"a": 5}}


def in_one_go(vms: list[dict[str, Any]]) -> VmStatisticsAnswer:
    return vdsm.vm_statistics_json(json.dumps(vms).encode())


@given(VMS)
@example([WRITTEN])
@example([WITH_LUN])
def test_the_quick_way_says_what_the_way_field_by_field_does(vms: list[dict[str, Any]]) -> None:
    assert in_one_go(vms) == vdsm.vm_statistics(vms)


@given(VMS)
@example([{**WRITTEN, "vmId": "b"}, WITH_LUN])
def test_a_vm_whose_record_is_odd_changes_nothing_of_the_others(vms: list[dict[str, Any]]) -> None:
    assert without(in_one_go([*vms, ODD_VM]), "z") == in_one_go(vms)


@given(st.lists(VMS, max_size=4))
def test_what_a_host_said_before_changes_nothing_of_what_it_says(
    answers: list[list[dict[str, Any]]],
) -> None:
    known = vdsm.Known()
    for vms in [answer for answer in answers for _ in "again"]:
        body = json.dumps(vms).encode()
        assert vdsm.vm_states_json(body, known) == vdsm.vm_states_json(body)
        assert vdsm.vm_statistics_json(body, known) == vdsm.vm_statistics_json(body)


@pytest.mark.parametrize("vm", NOT_KNOWN)
def test_a_number_below_zero_or_beyond_all_is_not_known_either_way(vm: dict[str, Any]) -> None:
    assert in_one_go([vm]) == vdsm.vm_statistics([vm])


def test_what_hosts_are_used_to_write_is_read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []

    def spied(body: bytes, kind: Any, **how: bool) -> Any:
        tried.append(kind.__name__)
        return reading.read_json(body, kind, **how)

    for module in (states, statistics):
        monkeypatch.setattr(module, "read_json", spied)
    known = vdsm.Known()

    def ways(read: Callable[[bytes, vdsm.Known], object], vm: dict[str, Any]) -> list[str]:
        tried.clear()
        read(json.dumps([vm]).encode(), known)
        return list(tried)

    assert ways(vdsm.vm_statistics_json, WRITTEN) == ["SampledRecord"]
    assert ways(vdsm.vm_states_json, WRITTEN) == ["QuickRecord"]
    ways(vdsm.vm_states_json, WITH_LUN)
    assert ways(vdsm.vm_states_json, WITH_LUN) == ["LunRecord"]
    assert ways(vdsm.vm_statistics_json, WITH_LUN) == ["LunRecord", "SampleRecord"]


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


def test_a_vm_that_repeats_itself_beside_one_that_does_not_has_the_very_same_report() -> None:
    known = vdsm.Known()

    def told(status: str) -> Mapping[str, VmReport]:
        vms = [{"vmId": "a", "status": status}, {"vmId": "b", "status": "Up"}]
        return vdsm.vm_states_json(json.dumps(vms).encode(), known).vms

    before, after = told("Up"), told("Paused")
    assert after["a"] != before["a"]
    assert after["b"] is before["b"]


def states_beside_statistics(body: bytes, known: vdsm.Known) -> VmStatesAnswer:
    answer = vdsm.vm_statistics_json(body, known).states
    assert answer is not None
    return answer


@pytest.mark.parametrize("read", [vdsm.vm_states_json, states_beside_statistics])
def test_what_a_host_has_of_luns_is_noticed_whenever_it_comes_and_goes(
    read: Callable[[bytes, vdsm.Known], VmStatesAnswer],
) -> None:
    known = vdsm.Known()

    def luns(disk: dict[str, str]) -> object:
        told = [{"vmId": "a", "status": "Up", "hash": "5", "disks": {"sda": disk}}]
        return read(json.dumps(told).encode(), known).vms["a"].luns

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


ALIKE = {"status": "Up", "monitorResponse": "0", "guestOs": "6.12", "vmJobs": {}, "appsList": ["a"],
         "netIfaces": [{"name": "eth0", "inet": ["10.0.0.5"]}], "guestIPs": "10.0.0.5"}  # fmt: skip


def told_of(*vms: str, moment: int = 1, **fields: Any) -> bytes:
    told = {**ALIKE, "statusTime": str(moment), **fields}
    return json.dumps([{"vmId": vm, "hash": f"of {vm}", **told} for vm in vms]).encode()


@pytest.mark.parametrize("fields", [{}, {"status": "Paused"}])
def test_the_id_of_a_vm_is_one_text_in_all_that_is_kept_of_it(fields: dict[str, str]) -> None:
    known = vdsm.Known()
    first = vdsm.vm_states_json(told_of("aa", "bb"), known)
    again = vdsm.vm_statistics_json(told_of("aa", "bb", moment=2, **fields), known)
    assert isinstance(again.states, VmStatesAnswer)
    for later in (first.times, again.vms, again.states.vms, again.states.times):
        assert list(later) == ["aa", "bb"]
        assert all(id(one) == id(other) for one, other in zip(first.vms, later, strict=True))


def test_a_vm_that_a_host_lists_twice_has_the_numbers_of_the_last_time() -> None:
    known = vdsm.Known()
    bodies = [told_of(vm, moment=moment) for moment, vm in enumerate(("aa", "bb", "aa"), 1)]
    body = json.dumps([json.loads(one)[0] for one in bodies]).encode()
    for _ in range(2):
        told = vdsm.vm_statistics_json(body, known)
        assert isinstance(told.states, VmStatesAnswer)
        assert told.states.times == {"aa": 3, "bb": 2}
        assert set(told.vms) == set(told.states.vms) == {"aa", "bb"}


def test_what_is_kept_to_be_compared_has_the_texts_that_the_report_has_or_other_vms() -> None:
    known = vdsm.Known(seen := Seen())
    for host in ("a", "b"):
        vdsm.vm_states_json(told_of(f"{host}1", vmName=f"{host}1", guestName=f"{host}1"), known)
    (one, of_one), (other, of_other) = seen.records
    for name in ("status", "monitor_response", "guest_os", "vm_jobs", "apps_list"):
        assert getattr(one, name) is getattr(other, name), name
    assert one.guest_name is one.vm_name is of_one.name
    assert one.hash is of_one.device_hash
    assert isinstance(of_one.guest_nics, tuple)
    assert isinstance(of_other.guest_nics, tuple)
    assert one.guest_ips is of_one.guest_nics[0].v4[0]
    assert of_one.guest_nics[0].name is of_other.guest_nics[0].name
    assert of_one.jobs is of_other.jobs


class Seen:
    """Makes reports, and keeps what they were made of."""

    def __init__(self) -> None:
        self.records: list[tuple[StateRecord, VmReport]] = []

    def __call__(self, one: StateRecord) -> VmReport:
        told = report(one)
        self.records.append((one, told))
        return told
