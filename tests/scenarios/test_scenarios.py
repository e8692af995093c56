"""Every scenario of the files beside this one, one test each.

`not_yet.txt` names those whose rules are still to be written. It is strict: one that passes must
leave it.
"""

from pathlib import Path

import pytest

from vurti.testing.scenarios import Loaded, Verdict, lines, load, run

HERE = Path(__file__).parent
FILES = sorted(HERE.glob("*.yaml"))
NOT_YET = set((HERE / "not_yet.txt").read_text(encoding="utf-8").split())
LOADED, COMPLAINTS = load(FILES)


def test_every_file_can_be_used() -> None:
    assert [str(complaint) for complaint in COMPLAINTS] == []


def test_only_scenarios_that_are_there_are_not_yet_passed() -> None:
    assert {one.id for one in LOADED} >= NOT_YET


@pytest.mark.parametrize("loaded", LOADED, ids=[one.id for one in LOADED])
def test_scenario(loaded: Loaded) -> None:
    result = run(loaded)
    if loaded.id in NOT_YET:
        assert result.verdict is Verdict.FAIL, f"{loaded.id} passes: take it out of not_yet.txt"
        pytest.xfail("not yet: its rules are still to be written")
    if result.verdict is Verdict.NOT_APPLICABLE:
        pytest.skip(result.reason)
    assert result.verdict is Verdict.PASS, "\n" + "\n".join(lines(result))
