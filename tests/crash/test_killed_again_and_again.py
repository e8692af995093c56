"""Contract 6, 7 and 9, shortly: the long run is a command of its own, `tests/crash/run.py`."""

from contextlib import closing
from pathlib import Path

import pytest

from tests.crash.run import crash, options
from tests.crash.stores import PostgresStore, SqliteStore, Store
from tests.postgres.server import Server

pytestmark = pytest.mark.slow


def test_whenever_it_is_killed_rows_log_and_followers_agree_and_the_end_is_the_truth(
    tmp_path: Path,
) -> None:
    goes_well(tmp_path, SqliteStore(tmp_path / "vurti.db"))


@pytest.mark.postgres
def test_whenever_it_or_its_server_is_killed_rows_log_and_followers_agree_with_the_truth(
    tmp_path: Path, postgres: Server
) -> None:
    with closing(PostgresStore(postgres)) as store:
        goes_well(tmp_path, store)


def goes_well(home: Path, store: Store) -> None:
    words = ["--kills", "8", "--hosts", "6", "--vms", "5", "--seed", "7", "--secs", "2"]
    crashes = crash(home, store, options(words))
    counts = crashes.history.counts()
    assert crashes.kills.total() == 8
    assert crashes.polling >= 3
    assert counts.epochs >= 3, counts
    assert counts.returns > 0, counts
    assert len(crashes.lines.delivered) > 30
