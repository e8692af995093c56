"""What may be opened, by whom, and what a refusal says."""

import os
import signal
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from tests.repository.stores import FileStore
from vurti.errors import StoreError
from vurti.model import Row, Vds
from vurti.model.commit import Commit
from vurti.repository import open_for_reading, open_repository
from vurti.repository.migrations import SCHEMA_VERSION
from vurti.repository.settings import RepositorySettings

HOLD = """
import sys, time
from types import SimpleNamespace
from vurti.repository import open_repository
worker = SimpleNamespace(run=lambda function, *args: function(*args))
repository = open_repository(sys.argv[1], "system", worker)
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def store(file_store: FileStore) -> FileStore:
    return file_store


@pytest.fixture
def other_vurti(url):
    """Another process that holds the store, as it says itself."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.getcwd()},
    )
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


def test_a_second_vurti_is_refused_and_told_who_holds_the_store(other_vurti, url, worker) -> None:
    with pytest.raises(StoreError, match=rf"another vurti \(pid {other_vurti.pid}, since 20"):
        open_repository(url, "system", worker)


def test_a_vurti_that_was_killed_holds_nothing(other_vurti, opened) -> None:
    other_vurti.send_signal(signal.SIGKILL)
    other_vurti.wait()
    assert opened().start().epoch == 1


def test_the_same_process_cannot_hold_a_store_twice(opened) -> None:
    first = opened()
    with pytest.raises(StoreError, match=f"pid {os.getpid()}"):
        opened()
    first.close()
    opened()


def test_a_store_can_be_read_while_another_process_holds_it(other_vurti, url) -> None:
    with open_for_reading(url) as reader:
        assert (list(reader.vdss.list()), reader.log()) == ([], [])


def test_the_files_are_for_their_owner_only_whatever_the_umask(no_umask, opened, path) -> None:
    repository = opened()
    repository.start()
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.glob("vurti.db*")}
    assert set(modes) == {"vurti.db", "vurti.db-wal", "vurti.db-shm", "vurti.db.lock"}
    assert set(modes.values()) == {0o600}


def test_a_newer_store_is_refused_and_left_as_it_is(opened, path, url) -> None:
    opened().close()
    with sqlite3.connect(path) as connection:
        connection.execute("update meta set value = '99' where name = 'schema_version'")
    connection.close()
    before = path.read_bytes()

    refusal = rf"newer vurti \(schema_version 99, this one knows {SCHEMA_VERSION}\)"
    with pytest.raises(StoreError, match=refusal):
        opened()
    with pytest.raises(StoreError, match=refusal):
        open_for_reading(url)
    assert path.read_bytes() == before


def test_somebody_elses_database_is_refused_and_left_as_it_is(opened, path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("create table meta (something)")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match=r"vurti\.db: .*not one of vurti's"):
        opened()
    assert path.read_bytes() == before


def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(opened, path, url) -> None:
    path.write_bytes(b"garbage " * 1000)
    for open_it in (opened, lambda: open_for_reading(url)):
        with pytest.raises(StoreError, match=r"vurti\.db: file is not a database"):
            open_it()
    assert path.read_bytes() == b"garbage " * 1000


def test_after_a_refusal_the_store_can_be_opened(opened, path) -> None:
    path.write_bytes(b"garbage " * 1000)
    with pytest.raises(StoreError):
        opened()
    path.unlink()
    assert opened().start().epoch == 1


@pytest.mark.parametrize("writing", [False, True])
def test_a_place_that_is_not_there_is_named(writing, tmp_path: Path, worker) -> None:
    def opens(url: str) -> None:
        open_repository(url, "system", worker) if writing else open_for_reading(url)

    with pytest.raises(StoreError, match=f"there is no directory {tmp_path}/no/such"):
        opens(f"sqlite:///{tmp_path}/no/such/vurti.db")
    with pytest.raises(StoreError, match="it is a directory"):
        opens(f"sqlite:///{tmp_path}")


def test_a_store_that_never_was_cannot_be_read(url, path) -> None:
    with pytest.raises(StoreError, match=r"vurti\.db: there is no such file: has vurti run"):
        open_for_reading(url)
    assert not path.exists()
    with pytest.raises(ValueError, match="only its own process"):
        open_for_reading("sqlite://")


def test_a_reader_cannot_write(opened, url) -> None:
    opened().start()
    with open_for_reading(url) as reader, pytest.raises(StoreError, match="readonly"):
        reader.vdss._read(lambda database: database.execute_sql("delete from scope"))


def test_a_store_that_a_newer_table_layout_has_not_reached_is_not_read(opened, path, url) -> None:
    path.touch()
    with pytest.raises(StoreError, match=r"schema_version 0.*start vurti with it once"):
        open_for_reading(url)
    opened()
    open_for_reading(url).close()


def test_a_store_in_memory_begins_empty_and_keeps_what_it_is_told(worker) -> None:
    with open_repository("sqlite://", "system", worker) as repository:
        repository.start()
        repository.commit(Commit(1, 1, (Row(Vds("h")),)))
        assert repository.vdss.count() == 1


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("mysql://me:secret@db/vurti", "mysql://…"),
        ("postgresql://me:secret@db", "postgresql://me@db names no database"),
        ("postgresql://me:sec#ret@db/vurti", "say %23"),
        (" postgresql://me:secret@db/vurti", "postgresql://…"),
        ("vurti.db", "say sqlite:///FILE"),
        ("sqlite:///", "names no file"),
        ("sqlite://vurti.db", "say sqlite:///FILE"),
    ],
)
def test_a_url_that_cannot_be_is_refused_without_showing_its_password(url, says) -> None:
    with pytest.raises(ValidationError) as refusal:
        RepositorySettings(url=url)
    message = refusal.value.errors()[0]["msg"]
    assert says in message
    assert "secret" not in message


def test_a_relative_file_is_taken_from_where_the_configuration_stands() -> None:
    settings = RepositorySettings(url="sqlite:///data/vurti.db")
    assert settings.beside(Path("/etc/vurti")).url == "sqlite:////etc/vurti/data/vurti.db"
    absolute = RepositorySettings(url="sqlite:////var/vurti.db")
    assert absolute.beside(Path("/etc/vurti")) == absolute
    assert RepositorySettings(url="sqlite://").beside(Path("/etc")).url == "sqlite://"
