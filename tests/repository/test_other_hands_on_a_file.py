"""What others do to the file of a store while vurti uses it."""

import sqlite3

import pytest

from tests.repository.stores import FileStore
from tests.repository.test_announcements import EXPECT
from tests.repository.test_commit import added
from vurti.errors import Fenced, StoreError
from vurti.repository import open_for_announcing, open_for_reading


@pytest.fixture
def store(file_store: FileStore) -> FileStore:
    return file_store


@pytest.mark.parametrize("replaced", [False, True])
def test_a_file_that_is_not_there_any_more_is_not_written_to_unnoticed(
    opened, path, replaced
) -> None:
    repository = opened()
    repository.start()
    moved = path.rename(path.with_name("moved.db"))
    if replaced:
        path.write_bytes(moved.read_bytes())
    with pytest.raises(Fenced, match="replaced or removed"):
        repository.commit(added(1, "a"))
    assert path.exists() is replaced


def test_a_database_that_somebody_else_has_locked_is_weather(opened, path, monkeypatch) -> None:
    monkeypatch.setattr("vurti.repository.database.sqlite.opening.BUSY_SECS", 0)
    repository = opened()
    repository.start()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("begin immediate")
    with pytest.raises(StoreError, match="database is locked") as refusal:
        repository.commit(added(1, "a"))
    assert not isinstance(refusal.value, Fenced)
    other.execute("rollback")
    other.close()
    assert repository.commit(added(1, "a")) == 1


def test_a_store_that_somebody_has_locked_is_weather_for_an_announcer(opened, url, path) -> None:
    repository = opened()
    repository.start()
    with open_for_announcing(url) as announcer:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("begin immediate")
        announcer._database._opened().connection().execute("pragma busy_timeout = 0")
        with pytest.raises(StoreError, match="database is locked"):
            announcer.announce(EXPECT, 60.0)
        other.execute("rollback")
        other.close()
        one = announcer.announce(EXPECT, 60.0)
    assert repository.announcements() == [one]


def test_a_store_that_cannot_be_announced_to_is_refused(url, path) -> None:
    with pytest.raises(StoreError, match="has vurti run with it yet"):
        open_for_announcing(url)
    with pytest.raises(ValueError, match="only its own process"):
        open_for_announcing("sqlite://")
    path.touch()
    with pytest.raises(StoreError, match="start vurti with it once"):
        open_for_announcing(url)


def test_a_backup_taken_while_vurti_writes_is_a_whole_store(opened, path, tmp_path) -> None:
    repository = opened()
    repository.start()
    repository.commit(added(1, "a", "b"))
    source, target = sqlite3.connect(path), sqlite3.connect(tmp_path / "backup.db")
    source.backup(target)
    source.close()
    target.close()
    repository.commit(added(2, "later"))
    with open_for_reading(f"sqlite:///{tmp_path}/backup.db") as reader:
        assert [one.value.id for one in reader.vdss.vms.list()] == ["a", "b"]
        assert reader.log_bounds() == (1, 2)
