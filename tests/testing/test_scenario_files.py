"""Files of scenarios: how they are read, and how one says what is wrong with them."""

from pathlib import Path

import pytest

from tests.testing.scenarios import loaded, written
from vurti.testing.scenarios import load
from vurti.testing.scenarios.reading import read

TRAPS = """\
no: off
port: 012
time: 12:30:45
date: 2026-01-01
mac: 52:54:00:12:34:56
hex: 0x1F
version: "4.6"
truth: true
nothing: ~
empty:
whole: -3
half: 1.5
big: 1e3
"""


def test_yaml_is_read_by_version_1_2(tmp_path: Path) -> None:
    file = tmp_path / "traps.yaml"
    file.write_text(TRAPS, encoding="utf-8")
    tree, complaints = read(file)
    assert complaints == []
    assert tree.data == {
        "no": "off", "port": "012", "time": "12:30:45", "date": "2026-01-01",
        "mac": "52:54:00:12:34:56", "hex": "0x1F", "version": "4.6", "truth": True,
        "nothing": None, "empty": None, "whole": -3, "half": 1.5, "big": 1000.0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("a: [1, 2\nb: 3\n", 2, "expected ',' or ']'"),
        ("format: 2\nformat: 2\n", 2, "stands there twice"),
        ("a: *nothing\n", 1, "undefined alias"),
        ("- just\n- a list\n", None, "expected a map"),
        ("a: &a [*a]\n", None, "alias"),
        ("format: 2\nscenarios: []\nother: 1\n", 3, "unknown key"),
        ("format: 3\nscenarios: []\n", 1, "expected 2, this is 3"),
        ("format: 2\n", None, "expected a list of scenarios"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_with_its_line(
    tmp_path: Path, text: str, line: int | None, what: str
) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text(text, encoding="utf-8")
    scenarios, complaints = load([file])
    assert scenarios == []
    where = str(file) if line is None else f"{file}:{line}"
    assert any(one.where == where and what in one.what for one in complaints), complaints


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    _, complaints = load([tmp_path / "none.yaml"])
    assert [one.what for one in complaints] == ["cannot be read: No such file or directory"]


WRONG = """\
format: 2
scenarios:
- id: A
  title: all that is wrong with it is told at once
  given:
    vms: {v1: {statsu: Up, run_on: A}}
    hosts: {A: {status: Upp}}
    settings: {VdsRefreshRat: 3}
  steps:
  - {host: A, pol: {}}
  - {poll: {}}
  then:
    events: [VM_DWN v1]
    intents: [destroy v1]
- id: B
  title: t
  steps: [{}]
  then: {}
  each: [null]
"""


def test_all_mistakes_of_a_scenario_are_told_with_line_key_and_the_nearest_word(
    tmp_path: Path,
) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text(WRONG, encoding="utf-8")
    (a, b), complaints = load([file])
    assert complaints == []
    told = [str(one).removeprefix(f"{file}:") for one in a.complaints]
    assert [(one.split(":")[0], one) for one in told] == [
        (line, one)
        for line, one in [
            ("6", told[0]), ("8", told[1]), ("10", told[2]), ("7", told[3]), ("11", told[4]),
            ("13", told[5]), ("14", told[6]),
        ]
    ]  # fmt: skip
    assert "given.vms.v1.statsu: unknown key (did you mean `status`?)" in told[0]
    assert "settings.VdsRefreshRat: unknown key (did you mean `VdsRefreshRate`?)" in told[1]
    assert "pol: unknown key (did you mean `poll`?)" in told[2]
    assert "(did you mean `Up`?)" in told[3]
    assert "host is missing: poll comes from one" in told[4]
    assert "did you mean `VM_DOWN`?" in told[5]
    assert "a destroy names its host" in told[6]
    assert b.scenario is None
    assert "either `then` or `each`" in str(b.complaints[0])


@pytest.mark.parametrize(
    ("scenario", "what"),
    [
        ({"steps": [{"host": "A", "poll": {}, "push": {}}]}, "one thing arrives in one step"),
        ({"steps": []}, "at least 1 item"),
        ({"steps": [{}], "each": [None, None]}, "2 expectations for 1 steps"),
        ({"given": {"expecting": [{"host": "A"}]}}, "exactly one of start"),
        ({"then": {"queries": ["cpas A"]}}, "did you mean `caps`?"),
        ({"then": {"never_intents": ["restrat v1"]}}, "did you mean `restart`?"),
        ({"then": {"events": ["VM_DOWN"]}}, "it is about nothing"),
        ({"then": {"vms": {"v1": "unchangd"}}}, "did you mean `unchanged`?"),
        ({"steps": [{"host": "A", "stats": {"cpuUsr": 1}}]}, "did you mean `cpuUser`?"),
    ],
)
def test_a_word_in_the_wrong_place_is_told(tmp_path: Path, scenario: object, what: str) -> None:
    one = loaded(tmp_path, **scenario)  # type: ignore[arg-type]  # a table of words
    assert one.scenario is None
    assert any(what in str(complaint) for complaint in one.complaints), one.complaints


def test_an_id_stands_only_once_in_all_files_together(tmp_path: Path) -> None:
    first = written(tmp_path / "a.yaml", {"id": "X"})
    second = written(tmp_path / "b.yaml", {"id": "X"})
    scenarios, _ = load([first, second])
    assert [one.scenario is None for one in scenarios] == [False, True]
    assert "X stands there twice" in str(scenarios[1].complaints[0])
