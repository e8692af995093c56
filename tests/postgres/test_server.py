"""The server of the tests does what is said of it."""

import subprocess
import sys

import pytest

from tests.postgres.server import PASSWORD, Server, _alive, _children
from tests.waiting import wait_for

psycopg = pytest.importorskip("psycopg")
pytestmark = pytest.mark.postgres

ORPHAN = """
import os, sys
from tests.postgres.server import Server
server = Server().__enter__()
print(server._process.pid, server.home, flush=True)
sys.stdin.readline()
"""


def test_what_was_committed_is_there_after_a_kill_and_unlogged_rows_are_not(
    postgres: Server,
) -> None:
    postgres.sql("create table kept (x int)")
    postgres.sql("create unlogged table lost (x int)")
    for table in ("kept", "lost"):
        postgres.sql(f"insert into {table} values (1)")
    postgres.kill()
    postgres.start()
    try:
        assert postgres.sql("select * from kept") == [(1,)]
        assert postgres.sql("select * from lost") == []
    finally:
        postgres.sql("drop table kept, lost")


@pytest.mark.parametrize("mode", ["smart", "fast", "immediate"])
def test_it_can_be_stopped_in_each_way_and_is_refused_meanwhile(
    postgres: Server, mode: str
) -> None:
    postgres.stop(mode)
    with pytest.raises(psycopg.OperationalError, match="refused"):
        psycopg.connect(postgres.url())
    postgres.start()
    assert postgres.sql("select 1") == [(1,)]


def test_paused_it_answers_nobody_and_then_goes_on(postgres: Server) -> None:
    with psycopg.connect(postgres.url(), autocommit=True) as connection:
        postgres.pause()
        with pytest.raises(psycopg.errors.ConnectionTimeout):
            psycopg.connect(postgres.url(), connect_timeout=2)
        postgres.resume()
        assert connection.execute("select 1").fetchone() == (1,)


def test_a_database_called_locked_asks_for_the_password(postgres: Server) -> None:
    postgres.create("locked")
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(postgres.url("locked"))
    psycopg.connect(postgres.url("locked", password=PASSWORD.replace(" ", "%20"))).close()


def test_it_ends_with_the_process_that_made_it() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", ORPHAN], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    pid, _home = process.stdout.readline().split()
    pids = [int(pid), *_children(int(pid))]
    assert len(pids) > 1
    process.kill()
    process.communicate()
    wait_for(lambda: not any(map(_alive, pids)), "the end of its server")
