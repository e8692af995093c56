"""vdsm hosts over XML-RPC, on real sockets: answers, and what one guest can spoil of them."""

from collections.abc import Iterator

import pytest

from tests.sources.asking import Asking, Report
from tests.sources.vdsm_xmlrpc_peer import FIRST, SECOND, THIRD, done, refused, serving, stats
from vurti.model import (
    Absence,
    Miss,
    Missed,
    Snapshot,
    VmReport,
    VmStatesAnswer,
    VmStatisticsAnswer,
    VmStatus,
)

ALL = ("vms", "vm_stats", "stats", "caps")


@pytest.fixture(scope="module")
def asking() -> Iterator[Asking]:
    program = Asking()
    yield program
    program.close()


def states(report: Report) -> VmStatesAnswer:
    [poll] = report.polls
    assert isinstance(poll, Snapshot), poll
    assert isinstance(poll.answer, VmStatesAnswer)
    return poll.answer


def missed(report: Report) -> Missed:
    [poll] = report.polls
    assert isinstance(poll, Missed), poll
    return poll


def counted(report: Report, **counts: int) -> bool:
    return {name: report.counts[name] for name in counts} == counts


def test_a_host_answers_all_questions_over_one_connection(asking: Asking) -> None:
    with serving() as host:
        report = asking.ask(host.url, *ALL)
    vms, vm_stats, vds_stats, caps = (poll.answer for poll in report.polls)
    assert vms.vms.keys() == {FIRST, SECOND}
    assert vms.absence is Absence.GONE
    assert isinstance(vm_stats, VmStatisticsAnswer)
    assert vm_stats.vms[FIRST].memory_kb == 262_144
    assert vm_stats.states == vms
    sample, made_of = vds_stats.statistics, caps.capabilities
    assert (sample.cpu_percent, sample.memory_free_kb, sample.vm_count) == (0.34, 6_589_440, 2)
    assert (made_of.cpus, made_of.memory_kb, made_of.hypervisor) == (4, 8_043_520, "vdsm 4.10")
    assert made_of.manufacturer == "IBM"
    assert len(host.connections) == 1
    assert host.asked == [
        *("getAllVmStats", "getAllVmStats", "getVdsStats"),
        *("getVdsCapabilities", "getVdsHardwareInfo"),
    ]


def test_nothing_is_pushed_and_nothing_stays_behind(asking: Asking) -> None:
    with serving() as host:
        report = asking.ask(host.url, *ALL, at_once=True)
    assert all(isinstance(poll, Snapshot) for poll in report.polls)
    assert (report.called_back, report.descriptors) == (0, 0)


def test_bytes_are_counted_both_ways(asking: Asking) -> None:
    with serving() as host:
        report = asking.ask(host.url)
    assert report.counts["bytes_in"] > 1000
    assert 100 < report.counts["bytes_out"] < 500


def test_a_host_without_vms_has_a_complete_answer(asking: Asking) -> None:
    with serving(vms=[]) as host:
        assert states(asking.ask(host.url)) == VmStatesAnswer({})


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (99, Miss.RECOVERING),
        ("99", Miss.RECOVERING),
        (1100, Miss.OVERLOADED),
        (100, Miss.BAD_REPLY),
        (1, Miss.BAD_REPLY),
    ],
)
def test_a_refusal_is_a_missed_with_its_code(asking: Asking, code: int | str, kind: Miss) -> None:
    with serving(answers={"getAllVmStats": lambda _: refused(code, "wait\x7f")}) as host:
        miss = missed(asking.ask(host.url))
    assert (miss.kind, miss.reason) == (kind, f"getAllVmStats refused: 'wait\\x7f' (code {code})")
    assert host.asked == ["getAllVmStats"]


def test_a_verb_that_a_host_does_not_know_is_a_fault(asking: Asking) -> None:
    def unknown(_: object) -> bytes:
        return host.answer("setVdsStats", ())

    with serving(answers={"getVdsStats": unknown}) as host:
        miss = missed(asking.ask(host.url, "stats"))
    assert miss.kind is Miss.BAD_REPLY
    assert "is not supported" in miss.reason


def test_a_vm_that_vanishes_under_the_hosts_eyes_costs_one_more_call(asking: Asking) -> None:
    told = iter([refused(16, "Unexpected exception"), done(statsList=[stats(FIRST)])])
    with serving(answers={"getAllVmStats": lambda _: next(told)}) as host:
        report = asking.ask(host.url)
    assert list(states(report).vms) == [FIRST]
    assert counted(report, repeated=1, isolated=0)
    assert host.asked == ["getAllVmStats"] * 2


def test_contract_18_a_vm_that_always_makes_the_host_fail_spares_the_others(asking: Asking) -> None:
    def one(params: tuple[str]) -> bytes:
        if params[0] == SECOND:
            return refused(16, "Unexpected exception")
        return done(statsList=[stats(params[0], vmName="good")])

    with serving(answers={"getAllVmStats": lambda _: refused(16), "getVmStats": one}) as host:
        report = asking.ask(host.url)
    answer = states(report)
    assert answer.vms[FIRST].name == "good"
    assert answer.vms[SECOND] == VmReport(status=VmStatus.UP)  # as the list tells it, no more
    assert (answer.complete, answer.unreadable) == (True, ())
    assert counted(report, isolated=1)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (b"a\x01b", "ab"),
        (b"M\xfcller", "M\ufffdller"),
        (b"\x1b[2Jred", "[2Jred"),
        (b"&#7;bell", "bell"),
    ],
)
def test_contract_18_a_guest_name_that_no_xml_can_carry_spoils_only_itself(
    asking: Asking, name: bytes, expected: str
) -> None:
    whole = done(statsList=[stats(FIRST, vmName="NAME"), stats(SECOND)]).replace(b"NAME", name)
    with serving(answers={"getAllVmStats": lambda _: whole}) as host:
        report = asking.ask(host.url)
    answer = states(report)
    assert answer.vms[FIRST].name == expected
    assert answer.vms.keys() == {FIRST, SECOND}
    assert counted(report, cleansed=1, isolated=0)
    assert host.asked == ["getAllVmStats"]


def broken(*vms: str) -> bytes:
    """What a host sends that forgets to escape."""
    return done(statsList=[stats(vm, vmName="NAME") for vm in vms]).replace(b"NAME", b"a<b&c")


def test_contract_18_a_vm_whose_words_break_the_answer_is_told_by_the_list_alone(
    asking: Asking,
) -> None:
    def one(params: tuple[str]) -> bytes:
        good = done(statsList=[stats(params[0], vmName="good")])
        return broken(params[0]) if params[0] == SECOND else good

    answers = {"getAllVmStats": lambda _: broken(FIRST, SECOND, THIRD), "getVmStats": one}
    with serving(vms=[stats(vm) for vm in (FIRST, SECOND, THIRD)], answers=answers) as host:
        report = asking.ask(host.url, "vms", "vm_stats")
    for answer in (report.polls[0].answer, report.polls[1].answer.states):
        assert {vm: one.name for vm, one in answer.vms.items() if one.name} == {
            FIRST: "good", THIRD: "good",
        }  # fmt: skip
        assert answer.vms[SECOND] == VmReport(status=VmStatus.UP)
        assert answer.complete
    assert report.polls[1].answer.vms.keys() == {FIRST, THIRD}
    assert counted(report, isolated=2)


def test_a_vm_that_ends_while_it_is_asked_for_alone_is_absent(asking: Asking) -> None:
    def one(params: tuple[str]) -> bytes:
        return refused(1) if params[0] == SECOND else done(statsList=[stats(params[0])])

    answers = {"getAllVmStats": lambda _: broken(FIRST, SECOND), "getVmStats": one}
    with serving(answers=answers) as host:
        report = asking.ask(host.url)
    assert list(states(report).vms) == [FIRST]
    assert counted(report, isolated=0)


def test_an_offender_in_a_list_of_bare_ids_is_unreadable_but_not_absent(asking: Asking) -> None:
    answers = {
        "list": lambda _: done(vmList=[FIRST, SECOND]),
        "getAllVmStats": lambda _: broken(FIRST, SECOND),
        "getVmStats": lambda p: broken(SECOND) if p[0] == SECOND else done(statsList=[stats(p[0])]),
    }
    with serving(answers=answers) as host:
        report = asking.ask(host.url)
    assert (list(states(report).vms), states(report).unreadable) == ([FIRST], (SECOND,))
    assert counted(report, unreadable=1)


def test_a_host_whose_every_answer_is_broken_is_missed(asking: Asking) -> None:
    def broken_list(_: object) -> bytes:
        return broken(FIRST)

    with serving(answers={"getAllVmStats": broken_list, "list": broken_list}) as host:
        miss = missed(asking.ask(host.url))
    assert miss.kind is Miss.DECODE
    assert "not well-formed" in miss.reason
    assert host.asked == ["getAllVmStats", "list"]


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>hello</html>", b"no", done(statsList=5), done(info={}), b"\0\0\0\0" * 1000],
)
def test_an_answer_that_is_none_is_a_missed_that_says_so(asking: Asking, body: bytes) -> None:
    with serving(answers={"getAllVmStats": lambda _: body, "list": lambda _: body}) as host:
        miss = missed(asking.ask(host.url))
    assert miss.kind is Miss.DECODE
    assert miss.reason.startswith("decode: ")


def test_another_host_is_not_asked_for(asking: Asking) -> None:
    with serving() as host:
        assert asking.ask(host.url, host="b").polls[0].kind is Miss.MISMATCH
    assert host.asked == []
