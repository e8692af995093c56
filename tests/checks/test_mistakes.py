"""Everything that is wrong with a file is told at once, wherever it is (contract 17)."""

from pathlib import Path

import pytest

from tests.checks.checking import HOSTS, complaints, written

PLANTED = """\
[hosts.alpha]
url = "libvirtt://alpha"
clustr = "east"
[poll]
status_secs = "2"
[rules]
grace_sec = 3
[log]
level = "INF"
[sources.vdmsm]
[inventory]
refresh_sec = 3
[vms.db]
pinned_to = "alpa"
[clusters.east]
baloning = true
[streams.quiet]
from = "vm"
chain = [{ op = "setle", secs = 5 }, { op = "only", kinds = ["VmAded"] }]
[lgo]
[[test]]
stream = "quite"
why = "it is wrong all over"
sec = 2
in = "-u-x-m-e-k-p-y-|"
out = "-s-t-i-u-|"
hosts = ["alhpa"]
known.hosts.aplha = "Up"
known.vms.vm1 = { status = "Upp" }
where.u = { host = "alpga", vms = { vm1 = "Upp", vm2 = { statsu = "Up" } } }
where.m = { host = "alpha", missed = "timout" }
where.e = { expect = "migrat", vm = "vm1" }
where.k = { host = "alpha", caps = { cpuz = 3 } }
where.p = { host = "alpha", psh = { vm1 = "Up" } }
where.s = { event = "VmStateChangd" }
where.t = { event = "VmStateChanged", afterr = "Up", marks = ["crashd"] }
where.i = { intent = "restart_wm", vm = "vm1" }
"""
NEAREST = {
    2: "libvirtt", 3: "`cluster`", 5: "a number", 7: "`grace_secs`", 9: "`INFO`", 10: "`vdsm`",
    12: "`refresh_secs`", 14: "`alpha`", 16: "`ballooning`", 18: "`vms`", 20: "`log`",
    22: "`quiet`", 24: "`secs`", 27: "`alpha`", 28: "`alpha`", 29: "`Up`", 31: "`timeout`",
    32: "`migrate`", 33: "`cpus`", 34: "`push`", 35: "`VmStateChanged`", 37: "`restart_vm`",
}  # fmt: skip
"""The line of each mistake, and what its complaint names as the way out."""


def test_contract_17_mistakes_in_every_kind_of_place_are_told_at_once_with_the_nearest_name(
    tmp_path: Path,
) -> None:
    told = complaints(written(tmp_path, PLANTED))
    by_line: dict[int, str] = {}
    for line in told:
        number = int(line.split(":")[1])
        by_line[number] = by_line.get(number, "") + line + "\n"
    missing = {line: way for line, way in NEAREST.items() if way not in by_line.get(line, "")}
    assert missing == {}
    assert [way in by_line[19] for way in ("`settle`", "`VmAdded`")] == [True, True]
    assert [way in by_line[30] for way in ("`alpha`", "`Up`", "`status`")] == [True, True, True]
    assert [way in by_line[36] for way in ("`after`", "`crashed`")] == [True, True]
    assert [line.split(":")[1] for line in told] == sorted(
        (line.split(":")[1] for line in told), key=int
    )


ONE = {
    "out = '-'": ["test[0].stream: is missing (add `stream = …`: The stream that is tested:"
                  " `polls`, `hosts`, `vms`, `intents`, or one of `[streams.NAME]`.)"],
    'stream = "vms"\nin = "#"\nout = "-"': [
        "test[0].in: `#` cannot come in (a host's failure is a value, such as { missed = … })"],
    'stream = "vms"\nin = "|-#"\nout = "-"': ["test[0].in: '|-#' goes on after its end"],
    'stream = "vms"\nsecs = 86400\nin = "--------"\nout = "-"': [
        "test[0].in: it lasts 8 days (7 are enough for any test)"],
    'stream = "vms"\nin = "(a"\nout = "-"': [
        "test[0].in: '(a' is no marble diagram from '(a' on"],
    'stream = "vms"\nin = "ab"\nout = "-"\nwhere.a = { stall = 1 }\nwhere.b = { stall = 2 }': [
        "test[0].in: 'ab' stands for nothing (that is one name: put a `-` between them, or write"
        " (ab))",
        "test[0].where.a: a is in neither diagram (draw it, or take it away)",
        "test[0].where.b: b is in neither diagram (draw it, or take it away)"],
    'stream = "vms"\nin = "a"\nout = "a"\nwhere.a = { stall = 1 }': [
        "test[0].out: a cannot come out: vms says events (it is: vurti stands still for 1 s)"],
    'stream = "vms"\nin = "a"\nout = "a"\nwhere.a = { event = "VmAdded" }': [
        "test[0].in: a cannot come in (an event that does needs vm (or host), before and after)"],
    'stream = "vms"\nin = "a"\nout = "-"\nwhere.a = { cancel = "b" }': [
        "test[0].in: a cancels 'b', which stands for nothing (there are: a)"],
    'stream = "intents"\nout = "a"\nwhere.a = { intent = "fence_host", vm = "v" }': [
        "test[0].where.a: fence_host is about a host (write host = …)"],
    'stream = "vms"\nout = "-"\nknown.vms.v = "Up"': [
        "test[0].known.vms.v: run_on is missing: who holds it while it is Up? (write"
        ' { status = "Up", run_on = "alpha" })'],
    'stream = "vms"\nout = "-"\nknown.hosts.alpha = "Connecting"': [
        "test[0].known.hosts.alpha: a host that is Connecting is tried anew when vurti starts (let"
        " it become so in the diagram)"],
    'stream = "vms"\nin = "a"\nout = "-"\nwhere.a = 3': [
        "test[0].where.a: expected a table (such as"
        ' { host = "alpha", vms = { vm1 = "Up" } })'],
    'stream = "vms"\nin = "a"\nout = "-"\nwhere.a = { host = "gamma", raw = "x" }': [
        "test[0].where.a.raw: the words of libvirt are no text (write source = there are: json,"
        " vdsm, vdsm_xmlrpc)"],
    'stream = "vms"\nin = "a"\nout = "-"\nwhere.a = { host = "alpha", raw = "x", pushed = true }': [
        "test[0].where.a.raw: vdsm drops it: not JSON: Expecting value: line 1 column 1 (char 0)"],
    'stream = "vms"\nin = "a"\nout = "-"\nwhere.a = { host = "alpha", vms.v.name = "x" }': [
        "test[0].where.a.vms.v: status is missing (a poll tells that of each VM)"],
    'stream = "vms"\nin = "a"\nout = "-"\nwhere.a = { restart = false }': [
        "test[0].where.a.restart: should be True or 'killed', this is False (there are: True,"
        " killed)"],
}  # fmt: skip


@pytest.mark.parametrize(("text", "told"), ONE.items())
def test_a_mistake_in_a_test_is_told_with_its_key_and_the_way_out(
    tmp_path: Path, text: str, told: list[str]
) -> None:
    found = complaints(written(tmp_path, f"{HOSTS}[[test]]\nwhy = 'it is wrong'\n{text}"))
    assert [line.split(": ", 1)[1] for line in found] == told


def test_tests_that_are_no_tables_are_told(tmp_path: Path) -> None:
    assert complaints(written(tmp_path, "test = 3")) == [
        "vurti.toml:1: test: expected tables, each written as [[test]]"
    ]


def test_a_mistake_in_the_test_of_an_included_file_names_that_file(tmp_path: Path) -> None:
    written(tmp_path, "[[test]]\nstream = 'vmss'\nwhy = 'x'\nout = '-'\n", "more/tests.toml")
    told = complaints(written(tmp_path, 'include = ["more/*.toml"]'))
    assert told == [
        "more/tests.toml:2: test[0].stream: there is no stream 'vmss' (did you mean `vms`?)"
    ]
