"""The JSON of agents: what the schema allows is read; what it does not is named, and no more."""

import json
import re
from contextlib import suppress
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

from vurti.decode.json_http import JsonDecodeError, Told, answer, document, push_line
from vurti.decode.json_http.answers import NOT_A_HOSTS
from vurti.decode.json_http.host_records import Facts, VdsSample
from vurti.decode.json_http.records import BalloonSample, VmSample
from vurti.decode.mend import mended
from vurti.model import (
    Absence,
    Answer,
    Balloon,
    Begun,
    ExitReason,
    ExitStatus,
    Guest,
    GuestNic,
    Job,
    Miss,
    PauseStatus,
    Question,
    VdsCapabilities,
    VdsCapabilitiesAnswer,
    VdsStatistics,
    VdsStatisticsAnswer,
    VmReport,
    VmStatesAnswer,
    VmStatistics,
    VmStatisticsAnswer,
    VmStatus,
)

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "vurti/sources/json_http/answer.schema.json").read_text("utf-8"))
ANSWER = jsonschema.Draft202012Validator(SCHEMA)
PUSH = jsonschema.Draft202012Validator({**SCHEMA["$defs"]["push"], "$defs": SCHEMA["$defs"]})
UP = {"status": "Up"}


def read(host: object, question: Question = Question.VMS) -> Answer | Told:
    """What the decoder makes of a record that the schema calls good."""
    body = {"version": 1, "host": host}
    ANSWER.validate(body)
    return unchecked(json.dumps(body).encode(), question)


def unchecked(body: bytes, question: Question = Question.VMS) -> Answer | Told:
    return answer(document(body).host, question)


def states(host: object) -> VmStatesAnswer:
    told = unchecked(json.dumps({"version": 1, "host": host}).encode())
    assert isinstance(told, VmStatesAnswer)
    return told


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(
    ("name", "members"),
    [
        ("pause_status", PauseStatus),
        ("exit_status", ExitStatus),
        ("exit_reason", ExitReason),
        ("begun", Begun),
    ],
)
def test_the_schema_has_our_own_words(name: str, members: type[Any]) -> None:
    for record in ("vm", "news"):
        assert SCHEMA["$defs"][record]["properties"][name]["enum"] == [str(one) for one in members]


def test_the_schema_has_every_status_that_a_host_can_tell() -> None:
    assert set(SCHEMA["$defs"]["status"]["enum"]) == set(VmStatus) - NOT_A_HOSTS
    kinds = SCHEMA["$defs"]["host"]["properties"]["missed"]["properties"]["kind"]["enum"]
    assert set(kinds) == set(Miss)


@pytest.mark.parametrize(
    ("record", "model"),
    [
        ("vm_statistics", VmStatistics),
        ("host_statistics", VdsSample),
        ("capabilities", Facts),
        ("news", VmReport),
    ],
)
def test_the_schema_has_every_field_that_is_kept(record: str, model: type[Any]) -> None:
    assert set(SCHEMA["$defs"][record]["properties"]) == set(model.__struct_fields__)


def test_the_json_of_the_page_is_of_the_schema_and_read_whole() -> None:
    page = (ROOT / "docs" / "sources.md").read_text("utf-8")
    told, said = re.findall(r"^```json\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    ANSWER.validate(json.loads(told))
    PUSH.validate(json.loads(said))
    hosts = document(told.encode()).hosts
    assert isinstance(hosts, dict)
    first, second = (answer(record, Question.VMS) for record in hosts.values())
    assert isinstance(first, VmStatesAnswer)
    assert (len(first.vms), first.unreadable, first.complete) == (2, (), True)
    assert second == Told(Miss.TIMEOUT, "no word for 10 s")
    assert push_line(said.encode()).unreadable == ()


def test_a_vm_is_told_with_all_that_is_said_of_it() -> None:
    told = read(
        {
            "complete": True,
            "absence": "gone",
            "vms": {
                "a": {
                    "status": "Paused", "name": "web", "pause_status": "ENOSPC",
                    "begun": "migrated", "status_time": 17, "more": [1],
                },
                "b": {
                    "status": "Down", "exit_status": "Error", "exit_reason": "GenericError",
                    "exit_message": "why",
                },
            },
        }
    )  # fmt: skip
    assert told == VmStatesAnswer(
        {
            "a": VmReport(
                status=VmStatus.PAUSED, name="web", pause_status=PauseStatus.ENOSPC,
                begun=Begun.MIGRATED, status_time=17,
            ),
            "b": VmReport(
                status=VmStatus.DOWN, pause_status=PauseStatus.NONE, exit_status=ExitStatus.ERROR,
                exit_reason=ExitReason.GENERIC_ERROR, exit_message="why",
            ),
        },
        complete=True,
        absence=Absence.GONE,
    )  # fmt: skip


def test_what_is_not_said_is_neither_complete_nor_explained() -> None:
    assert read({"vms": {}}) == VmStatesAnswer({}, False, Absence.UNEXPLAINED)


def test_what_a_guest_and_its_devices_tell_is_read_in_polls_and_pushes_alike() -> None:
    told = {
        "status": "Up",
        "watchdog": "reset",
        "watchdog_time": 5.5,
        "device_hash": "abc",
        "guest": {"fqdn": "web.example", "client_ip": ""},
        "guest_nics": [{"name": "eth0", "mac": "aa:01", "v4": ["10.0.0.5"]}],
        "jobs": {"j": {"cur": 1, "end": 2}},
        "luns": {"l": 10},
        "migration_progress": 50,
    }
    polled = states({"vms": {"a": told}}).vms["a"]
    line = push_line(json.dumps({"vms": {"a": told}, "absence": "gone"}).encode())
    for report in (polled, line.push.vms["a"]):
        assert (report.watchdog, report.watchdog_time, report.device_hash) == ("reset", 5.5, "abc")
        assert report.guest == Guest(fqdn="web.example", client_ip="")
        assert report.guest_nics == (GuestNic("eth0", "aa:01", ("10.0.0.5",)),)
        assert (report.jobs, report.luns) == ({"j": Job(1, 2)}, {"l": 10})
        assert report.migration_progress == 50
    assert line.push.absence is Absence.GONE
    assert push_line(b'{"vms": {}}').push.absence is Absence.UNEXPLAINED


def test_how_a_running_vm_once_ended_means_nothing() -> None:
    told = states({"vms": {"a": {**UP, "exit_status": "Error", "exit_reason": "GenericError"}}})
    assert (told.vms["a"].exit_status, told.vms["a"].exit_reason) == (UNSET, UNSET)


def test_samples_are_told_as_far_as_they_go() -> None:
    vms = {"a": {**UP, "statistics": {"cpu_percent": 7, "vcpus": None}}, "b": UP}
    told = read({"vms": vms}, Question.VM_STATISTICS)
    assert told == VmStatisticsAnswer({"a": VmStatistics(cpu_percent=7.0)})
    balloon = {"current_kb": 1, "max_kb": 2, "target_kb": 3, "min_kb": 4}
    told = read({"vms": {"a": {**UP, "statistics": {"balloon": balloon}}}}, Question.VM_STATISTICS)
    assert told == VmStatisticsAnswer({"a": VmStatistics(balloon=Balloon(1, 2, 3, 4))})
    host = {"statistics": {"memory_kb": 5, "boot_time": 2.5}, "capabilities": {"cpus": 4}}
    sample = VdsStatisticsAnswer(VdsStatistics(memory_kb=5, boot_time=2.5))
    assert read(host, Question.VDS_STATISTICS) == sample
    made = VdsCapabilitiesAnswer(VdsCapabilities(cpus=4))
    assert read(host, Question.CAPABILITIES) == made


@pytest.mark.parametrize("question", Question)
def test_a_host_that_could_not_be_asked_says_so_to_every_question(question: Question) -> None:
    host = {"missed": {"kind": "recovering", "reason": "boots"}, "vms": {"a": UP}}
    assert read(host, question) == Told(Miss.RECOVERING, "boots")
    assert read({"missed": {}}, question) == Told(Miss.NETWORK, "")
    odd = {"version": 1, "host": {**host, "vms": {"a": {"statistics": 5}}}}
    assert unchecked(json.dumps(odd).encode(), question) == Told(Miss.RECOVERING, "boots")


BAD_VMS: list[object] = [
    None, 3, [], "Up", {}, {"status": "up"}, {"status": "Unknown"}, {"status": "ImageLocked"},
    {"status": None}, {**UP, "name": None}, {**UP, "name": 3}, {**UP, "pause_status": "odd"},
    {**UP, "exit_reason": "odd"}, {**UP, "status_time": 1.5}, {**UP, "status_time": 2**70},
]  # fmt: skip


@pytest.mark.parametrize("bad", BAD_VMS, ids=str)
def test_contract_18_one_bad_vm_is_named_and_spares_the_others(bad: object) -> None:
    host = {"complete": True, "vms": {"a": UP, "bad": bad, "b": UP}}
    assert not ANSWER.is_valid({"version": 1, "host": host})
    told = states(host)
    assert (set(told.vms), told.unreadable, told.complete) == ({"a", "b"}, ("bad",), True)


@pytest.mark.parametrize(
    "sample",
    [3, {"cpu_percent": -1}, {"vcpus": 1.5}, {"rss_kb": 2**63}, {"rss_kb": "5"}, {"vcpus": True}],
    ids=str,
)
def test_a_sample_that_cannot_be_read_is_not_told_and_spares_the_others(sample: object) -> None:
    host = {"vms": {"a": {**UP, "statistics": sample}, "b": {**UP, "statistics": {}}}}
    assert not ANSWER.is_valid({"version": 1, "host": host})
    told = unchecked(json.dumps({"version": 1, "host": host}).encode(), Question.VM_STATISTICS)
    assert told == VmStatisticsAnswer({"b": VmStatistics()})


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "truncated"),
        (b"\xff\xfe", "malformed"),
        (b"[]", "Expected `object`"),
        (b'{"version": 1}', "either `host` or `hosts`"),
        (b'{"version": 1, "host": {}, "hosts": {}}', "either `host` or `hosts`"),
        (b'{"version": 2, "host": {}}', "of version 2, and version 1 is read"),
        (b'{"version": "1", "host": {}}', "Expected `int`"),
        (b'{"version": 1, "host": {}}', "no `vms`"),
        (b'{"version": 1, "host": 3}', "Expected `object`"),
        (b'{"version": 1, "host": {"vms": []}}', "Expected `object`"),
        (b'{"version": 1, "host": {"vms": {}, "complete": "yes"}}', "Expected `bool`"),
        (b'{"version": 1, "host": {"vms": {}, "absence": "odd"}}', "Invalid enum value 'odd'"),
        (b'{"version": 1, "host": {"vms": {"": {"status": "Up"}}}}', "length >= 1"),
        (b'{"version": 1, "host": ' + b"[" * 100_000, "recursion|truncated"),
        (b'{"version": 1, "host": {"vms": {"a": ' + b"[" * 100_000, "recursion|truncated"),
    ],
)
def test_what_is_no_answer_is_refused_with_its_reason(body: bytes, reason: str) -> None:
    with pytest.raises(JsonDecodeError, match=reason):
        unchecked(body)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        (rb"\ud800", "\ufffd"),
        (rb"a\udfffb", "a\ufffdb"),
        (rb"\ud83d\ude00", "\U0001f600"),
        (rb"\ude00\ud83d", "\ufffd\ufffd"),
        (rb"\\ud800", r"\ud800"),
        (b"\xff", "\ufffd"),
        (b"\xed\xa0\x80", "\ufffd\ufffd\ufffd"),
        (rb"\u001b[2J", "\x1b[2J"),
    ],
)
def test_a_name_that_is_no_text_is_mended_and_spoils_nothing(name: bytes, kept: str) -> None:
    vm = b'{"status": "Up", "name": "' + name + b'"}'
    told = unchecked(b'{"version": 1, "host": {"vms": {"a": ' + vm + b', "b": {"status": "Up"}}}}')
    assert isinstance(told, VmStatesAnswer)
    assert (told.vms["a"].name, told.unreadable, len(told.vms)) == (kept, (), 2)
    line = push_line(b'{"vms": {"a": ' + vm + b"}}")
    assert line.push.vms["a"].name == kept


@given(st.text() | st.recursive(st.none() | st.text(), lambda inner: st.lists(inner)))
def test_text_that_is_well_is_not_touched(value: object) -> None:
    body = json.dumps(value).encode()
    if not re.search(rb"\\ud[89a-f]", body):
        assert mended(body) == body
    assert json.loads(mended(mended(body))) == json.loads(mended(body))


@given(st.binary())
def test_whatever_bytes_come_they_can_be_mended_to_text(body: bytes) -> None:
    mended(body).decode()


def test_a_push_says_only_what_it_says() -> None:
    line = {
        "host": "a",
        "notify_time": 5,
        "vms": {"v": {"status": "Up"}, "w": {"rebooted": True, "watchdog": "reset"}},
    }
    PUSH.validate(line)
    said = push_line(json.dumps(line).encode())
    assert (said.host, said.push.notify_time, said.unreadable) == ("a", 5, ())
    assert said.push.vms == {
        "v": VmReport(status=VmStatus.UP),
        "w": VmReport(rebooted=True, watchdog="reset"),
    }


def test_a_push_about_a_vm_that_cannot_be_read_names_it() -> None:
    said = push_line(b'{"vms": {"a": {"status": "odd"}, "b": {"status": "Unknown"}, "c": {}}}')
    assert (set(said.push.vms), said.unreadable, said.host) == ({"c"}, ("a", "b"), None)


@pytest.mark.parametrize("line", [b"", b"3", b"{}", b'{"vms": []}', b'{"vms": {}, "host": ""}'])
def test_a_line_that_is_no_push_is_refused(line: bytes) -> None:
    with pytest.raises(JsonDecodeError):
        push_line(line)


# What the schema can say, said at random: all of it must be read, and nothing else be raised.
NONE = st.nothing()
NUMBERS = st.none() | st.integers(0, 2**63 - 1)
REALS = NUMBERS | st.floats(0, 1e300)


def fields(record: str) -> st.SearchStrategy[dict[str, Any]]:
    """Some of the members of a record, each as the schema describes it."""
    described = SCHEMA["$defs"][record]["properties"]
    return st.fixed_dictionaries({}, optional={name: value(one) for name, one in described.items()})


def parts(described: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """A record within a record, with all that it requires."""
    members = {name: value(one) for name, one in described["properties"].items()}
    required = {name: members.pop(name) for name in described.get("required", ())}
    return st.fixed_dictionaries(required, optional=members)


def named(described: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Values of one kind by their ids; none of a record that the schema leaves open."""
    if "additionalProperties" not in described:
        return NONE
    return st.dictionaries(
        st.text(min_size=1, max_size=8), value(described["additionalProperties"]), max_size=2
    )


def value(described: dict[str, Any]) -> st.SearchStrategy[Any]:
    if "enum" in described:
        return st.sampled_from(described["enum"])
    if "$ref" in described:
        return value(SCHEMA["$defs"][described["$ref"].rpartition("/")[2]])
    if "anyOf" in described:
        return st.one_of([value(one) for one in described["anyOf"]])
    kinds = described["type"] if isinstance(described["type"], list) else [described["type"]]
    least, most = described.get("minimum", -(2**63 - 1)), described.get("maximum", 2**63 - 1)
    of_kind: dict[str, st.SearchStrategy[Any]] = {
        "null": st.none(), "string": st.text(), "boolean": st.booleans(),
        "integer": st.integers(least, most), "number": st.floats(0, 1e300),
        "array": st.lists(value(described["items"]), max_size=2) if "items" in described else NONE,
        "object": parts(described) if "properties" in described else named(described),
    }  # fmt: skip
    return st.one_of([of_kind[kind] for kind in kinds])


VMS = st.dictionaries(
    st.text(min_size=1, max_size=8),
    st.tuples(value(SCHEMA["$defs"]["status"]), fields("vm")).map(
        lambda told: {**told[1], "status": told[0]}
    ),
    max_size=4,
)


@given(VMS, st.booleans(), fields("host_statistics"), fields("capabilities"))
def test_whatever_the_schema_allows_is_read_whole(
    vms: dict[str, Any], complete: bool, sample: dict[str, Any], made: dict[str, Any]
) -> None:
    host = {"vms": vms, "complete": complete, "statistics": sample, "capabilities": made}
    told = read(host)
    assert isinstance(told, VmStatesAnswer)
    assert (told.vms.keys(), told.unreadable, told.complete) == (vms.keys(), (), complete)
    samples = read(host, Question.VM_STATISTICS)
    assert isinstance(samples, VmStatisticsAnswer)
    assert samples.vms.keys() == {
        vm for vm, one in vms.items() if one.get("statistics") is not None
    }
    assert isinstance(read(host, Question.VDS_STATISTICS), VdsStatisticsAnswer)
    assert isinstance(read(host, Question.CAPABILITIES), VdsCapabilitiesAnswer)


@given(VMS)
def test_a_vm_that_cannot_be_read_changes_nothing_of_the_samples_of_the_others(
    vms: dict[str, Any],
) -> None:
    def samples(told: dict[str, Any]) -> Answer | Told:
        body = json.dumps({"version": 1, "host": {"vms": told}}).encode()
        return unchecked(body, Question.VM_STATISTICS)

    assert samples({**vms, "too long": {"statistics": 5}}) == samples(vms)


def test_a_sample_has_the_fields_of_the_model_in_their_order() -> None:
    assert VmSample.__struct_fields__ == VmStatistics.__struct_fields__
    assert BalloonSample.__struct_fields__ == Balloon.__struct_fields__


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


BODIES = JSON.map(lambda one: json.dumps({"version": 1, "host": {"vms": one}}).encode())


@given(st.binary() | BODIES)
def test_whatever_comes_it_is_an_answer_or_the_documented_error(body: bytes) -> None:
    for question in Question:
        with suppress(JsonDecodeError):
            assert unchecked(body, question) is not None
    with suppress(JsonDecodeError):
        assert push_line(body).push.host == ""


def test_a_name_and_a_reason_of_a_megabyte_are_cut() -> None:
    long = "<b>" * 400_000
    vm = {"status": "Down", "name": long, "exit_message": long}
    polled = states({"complete": True, "vms": {"a": vm}}).vms["a"]
    (pushed,) = push_line(json.dumps({"host": "h", "vms": {"a": vm}}).encode()).push.vms.values()
    for told in (polled, pushed):
        assert told.name == long[:255]
        assert told.exit_message == long[:1000]
