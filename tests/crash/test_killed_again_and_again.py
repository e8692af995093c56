"""Contract 6, 7 and 9, shortly: the long run is a command of its own, `tests/crash/run.py`."""

from pathlib import Path

import pytest

from tests.crash.run import crash, options
from tests.crash.stores import SqliteStore

pytestmark = pytest.mark.slow


def test_whenever_it_is_killed_rows_log_and_followers_agree_and_the_end_is_the_truth(
    tmp_path: Path,
) -> None:
    words = ["--kills", "8", "--hosts", "6", "--vms", "5", "--seed", "7", "--secs", "2"]
    crashes = crash(tmp_path, SqliteStore(tmp_path / "vurti.db"), options(words))
    counts = crashes.history.counts()
    assert crashes.kills.total() == 8
    assert crashes.polling >= 3
    assert counts.epochs >= 3, counts
    assert counts.returns > 0, counts
    assert len(crashes.lines.delivered) > 30
