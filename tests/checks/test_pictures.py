"""A wrong test is shown so that a stranger understands it."""

import json
from pathlib import Path
from textwrap import dedent

import pytest
from click.testing import CliRunner

from tests.checks.checking import HOSTS, QUIET, verdict, written
from vurti.cli import vurti
from vurti.testing.checks import lines, picture

LATE = """
stream = "quiet"
in  = "-u--n--u------p-------|"
out = "----------------s-----|"
where.u = { host = "alpha", vms = { vm1 = "Up" } }
where.n = { host = "alpha", vms = { vm1 = "NotResponding" } }
where.p = { host = "alpha", vms = { vm1 = "Paused" } }
where.s = { event = "VmStateChanged", vm = "vm1", before = "Up", after = "Paused" }
"""


def test_both_diagrams_stand_under_each_other_with_the_first_difference_and_the_values(
    tmp_path: Path,
) -> None:
    assert picture(verdict(tmp_path, LATE)) == dedent("""\
        stream quiet; one character is a second

        in        -u--n--u------p-------|
        expected  ----------------s-----|
        got       ------------A------s--|
                              ^ at 12 s: A came, and nothing was expected yet

        in        u = alpha answers: vm1 Up
        in        n = alpha answers: vm1 NotResponding
        in        p = alpha answers: vm1 Paused
        expected  s = VmStateChanged vm1 Up → Paused
        got       A = VmAdded vm1 none → Up on alpha: runs [7.2 status]; marks not_responding""")


DIFFERENCES = {
    "it came too late": ('out = "----d-------|"',
                         "at 4 s: d was expected, and came only at 7 s"),
    "it came too early": ('out = "---------d--|"',
                          "at 7 s: d came, and was expected at 9 s"),
    "it came and nothing was expected": ('out = "------------|"',
                                         "at 7 s: d came, and nothing was expected yet"),
    "it never came": ('out = "-------d-d--|"',
                      "at 9 s: d was expected, and nothing came until the end `|` at 12 s"),
    "the stream had no end": ('out = "-------d-----"',
                              "at 12 s: the end `|` came, and nothing more was expected"),
}  # fmt: skip


@pytest.mark.parametrize("what", DIFFERENCES)
def test_what_differs_is_said_in_words(tmp_path: Path, what: str) -> None:
    out, told = DIFFERENCES[what]
    test = f"""
stream = "quiet"
in  = "--d---------|"
{out}
where.d = {{ event = "VmStateChanged", vm = "vm1", before = "Up", after = "Down" }}
"""
    lines = picture(verdict(tmp_path, test)).splitlines()
    (marked,) = [line for line in lines if "^" in line]
    assert marked.partition("^ ")[2] == told


FIELDS = {
    "vm": ('vm = "vm2"', "vm expected vm2, got vm1"),
    "after": ('after = "Paused"', "after expected Paused, got Down"),
    "marks": ('marks = ["paused"]', "marks expected paused, got nothing"),
    "field": ('after = { status = "Down", exit_status = "Error" }',
              "after.exit_status expected Error, got none"),
    "text": ('reason = "*disk*"', "reason expected *disk*, got"),
    "kind": ("", ""),
}  # fmt: skip


@pytest.mark.parametrize("what", FIELDS)
def test_only_what_is_named_is_compared(tmp_path: Path, what: str) -> None:
    named, told = FIELDS[what]
    test = f"""
stream = "vms"
in  = "-d-|"
out = "-s-|"
where.d = {{ event = "VmStateChanged", vm = "vm1", before = "Up", after = "Down" }}
where.s = {{ event = "VmStateChanged"{", " + named if named else ""} }}
"""
    wrong = verdict(tmp_path, test).difference
    assert wrong == (f"s was expected, d came: {told}" if told else "")


def asked(file: Path, *words: str) -> tuple[int, str]:
    result = CliRunner().invoke(vurti, ["check", str(file), *words])
    return result.exit_code, result.output.replace(f"{file.parent}/", "")


GOOD = LATE.replace('"----------------s-----|"', '"------------a------s--|"') + (
    'where.a = { event = "VmAdded", after = "Up" }\n'
)


def test_check_runs_the_tests_of_included_files_too_and_sums_up(tmp_path: Path) -> None:
    written(tmp_path, f"[[test]]\nwhy = 'a'\n{LATE}", "tests/late.toml")
    written(tmp_path, f"[[test]]\nwhy = 'b'\n{GOOD}", "tests/good.toml")
    file = written(tmp_path, f'include = ["tests/*.toml"]\n{HOSTS}{QUIET}')
    status, told = asked(file)
    assert status == 1
    assert told.startswith("tests/late.toml:1: FAILED: a\n    stream quiet;")
    assert told.endswith("vurti.toml: bad; 3 hosts, 1 stream; 2 tests, 1 failed\n")
    assert asked(file, "--only", "b") == (
        0,
        "vurti.toml: good; 3 hosts, 1 stream; 1 test, 0 failed\n",
    )


def test_words_that_no_test_has_are_used_wrongly(tmp_path: Path) -> None:
    file = written(tmp_path, f"{HOSTS}{QUIET}[[test]]\nwhy = 'so it is'\n{GOOD}")
    status, told = asked(file, "--only", "so it is not")
    assert (status, "no test of" in told) == (2, True)


def test_several_files_are_checked_one_after_the_other(tmp_path: Path) -> None:
    bad = written(tmp_path, "[pol]\n", "bad.toml")
    good = written(tmp_path, HOSTS, "good.toml")
    status, told = asked(bad, str(good))
    assert status == 1
    assert told.splitlines() == [
        "bad.toml:1: pol: unknown table (did you mean `poll`?)",
        "good.toml: good; 3 hosts, 0 streams; 0 tests, 0 failed",
    ]


def test_check_tells_programs_the_same(tmp_path: Path) -> None:
    file = written(tmp_path, f"{HOSTS}{QUIET}[[test]]\nwhy = 'so it is'\n{LATE}")
    status, told = asked(file, "--json")
    test, summed = (json.loads(line) for line in told.splitlines())
    assert status == 1
    assert (test["test"], test["where"], test["passed"]) == ("so it is", "vurti.toml:14", False)
    assert test["expected"] == "----------------s-----|"
    assert test["values"]["A"].startswith("VmAdded vm1")
    assert summed == {"config": str(file).replace(f"{tmp_path}/", ""), "hosts": 3, "streams": 1,
                      "tests": 1, "failed": 1}  # fmt: skip


def test_check_tells_programs_what_is_wrong_with_a_file(tmp_path: Path) -> None:
    status, told = asked(written(tmp_path, "[pol]\n"), "--json")
    assert status == 1
    assert json.loads(told) == {
        "where": "vurti.toml:1", "key": "pol", "what": "unknown table",
        "way_out": "did you mean `poll`?",
    }  # fmt: skip


def test_check_of_no_file_is_used_wrongly(tmp_path: Path) -> None:
    assert asked(tmp_path / "none.toml")[0] == 2


@pytest.mark.parametrize("ended", [True, False])
def test_a_bug_of_vurtis_own_fails_its_test_and_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ended: bool
) -> None:
    def buggy(*_: object) -> object:
        raise KeyError("of our own")

    monkeypatch.setattr("vurti.decide.vm.decide.went_down", buggy)
    end = "|" if ended else "-"
    test = f"""
stream = "vms"
known.vms.vm1 = {{ status = "Up", run_on = "alpha" }}
in  = "-d-{end}"
out = "---{end}"
where.d = {{ host = "alpha", push = {{ vm1 = "Down" }} }}
"""
    assert verdict(tmp_path, test).difference == "vurti has a bug: KeyError: 'of our own'"


def test_nothing_that_a_host_said_can_steer_the_terminal(tmp_path: Path) -> None:
    test = """
stream = "vms"
in  = "-u-|"
out = "---|"
where.u = { host = "alpha", vms = { "a\\u001b[2Jb" = "Up" } }
"""
    shown = "\n".join(lines(verdict(tmp_path, test)))
    assert "\x1b" not in shown
    assert "a\\u001b[2Jb" in shown
