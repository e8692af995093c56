"""Every scenario of the files beside this one, one test each."""

from pathlib import Path

import pytest

from vurti.testing.scenarios import Loaded, Verdict, lines, load, run

FILES = sorted(Path(__file__).parent.glob("*.yaml"))
LOADED, COMPLAINTS = load(FILES)
OF_THE_CADENCE = {"H-006", "H-007", "H-009"}


def test_every_file_can_be_used() -> None:
    assert [str(complaint) for complaint in COMPLAINTS] == []


@pytest.mark.parametrize("loaded", LOADED, ids=[one.id for one in LOADED])
def test_scenario(loaded: Loaded) -> None:
    result = run(loaded)
    if result.verdict is Verdict.NOT_APPLICABLE:
        assert loaded.id in OF_THE_CADENCE, f"one more is not applicable: {result.reason}"
        pytest.skip(result.reason)
    assert result.verdict is Verdict.PASS, "\n" + "\n".join(lines(result))
