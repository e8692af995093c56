"""Killed at any statement of a start, of a migration or of a commit, the store holds all of what
was done there or nothing of it, and the next start goes on."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from vurti.repository import open_for_reading
from vurti.repository.database.sqlite.connection import SqliteConnection, immediate
from vurti.repository.migrations import MIGRATIONS, SCHEMA_VERSION, version_of

pytestmark = pytest.mark.slow

PROGRAM = """
import itertools, os, shutil, signal, sqlite3, sys
from types import SimpleNamespace
from vurti.events import event
from vurti.model import Awaited, Expectation, Row, Vds, VdsStatus, Vm, VmStatus
from vurti.model.commit import Commit
from vurti.repository import open_repository

class Mortal(sqlite3.Connection):
    left = 0

    def __init__(self, *args, **more):
        super().__init__(*args, **more)
        self.set_trace_callback(self.die)

    @staticmethod
    def die(statement):
        Mortal.left -= 1
        if not Mortal.left:
            os.kill(os.getpid(), signal.SIGKILL)

def act(path):
    worker = SimpleNamespace(run=lambda function, *args: function(*args))
    repository = open_repository(f"sqlite:///{path}", "system", worker)
    repository.start()
    vms = [Vm(f"vm{n}", status=VmStatus.UP, run_on="h") for n in range(3)]
    told = tuple(event(None, vm, id=f"e-{vm.id}", seq=1, seq_first=1) for vm in vms)
    rows = tuple(Row(vm, 1) for vm in vms)
    host = Row(Vds("h", status=VdsStatus.UP), 1)
    announced = Expectation("x", Awaited.SHUT_DOWN, "vm1", 1.0, 2.0)
    repository.commit(Commit(1, 1, (host,), rows, told, (announced,)))

connect = sqlite3.connect
for number in itertools.count(1):
    path = f"{sys.argv[1]}.{number}"
    shutil.copy(sys.argv[1], path)
    child = os.fork()
    if not child:
        Mortal.left = number
        sqlite3.connect = lambda *args, **more: connect(*args, factory=Mortal, **more)
        act(path)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status):
        print(number, os.WEXITSTATUS(status))
        break
"""


def died(path: Path) -> list[Path]:
    """What is left of the store where somebody died at its first, second … statement; the last one
    came through."""
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(path)],
        env={**os.environ, "PYTHONPATH": os.getcwd()},
        capture_output=True,
        text=True,
        check=True,
    )
    count, status = map(int, run.stdout.split())
    assert status == 0, run.stderr
    return [path.with_name(f"{path.name}.{number}") for number in range(1, count + 1)]


def older(path: Path, version: int) -> None:
    """A store as an older vurti has left it, with a host in it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("pragma journal_mode = wal")
        with immediate(connection) as within:
            for statement in ";".join(MIGRATIONS[:version]).split(";"):
                within.define(statement)
            if version:
                connection.execute("insert into meta values ('schema_version', ?)", (version,))
                connection.execute(
                    "insert into vds_dynamic (scope, id, cluster, status, reason, seq, observed_at,"
                    " rule) values ('system', 'old', '', 'Up', 'NONE', 1, 0, '')"
                )


@pytest.mark.parametrize("version", [0, 1, SCHEMA_VERSION - 1, SCHEMA_VERSION])
def test_killed_at_any_statement_a_store_is_of_one_version_with_all_that_it_held(
    tmp_path: Path, version: int
) -> None:
    path = tmp_path / "v.db"
    older(path, version)
    left = died(path)
    versions = []
    for one in left:
        with closing(sqlite3.connect(one)) as connection:
            versions.append(version_of(SqliteConnection(connection)))
            hosts = connection.execute("select id from vds_dynamic").fetchall() if version else []
        assert not version or ("old",) in hosts
    assert len(left) > 10
    assert set(versions) == {version, SCHEMA_VERSION}
    assert versions == sorted(versions)


def test_contract_7_killed_at_any_statement_a_commit_is_in_as_a_whole_or_not_at_all(
    tmp_path: Path,
) -> None:
    path = tmp_path / "v.db"
    older(path, SCHEMA_VERSION)
    found = set()
    for one in died(path):
        with open_for_reading(f"sqlite:///{one}") as reader:
            vms, hosts = reader.vdss.vms.list(), reader.vdss.list()
            found.add((len(vms), len(hosts), len(reader.log()), len(reader.expectations.list())))
    assert found == {(0, 1, 0, 0), (3, 2, 3, 1)}
