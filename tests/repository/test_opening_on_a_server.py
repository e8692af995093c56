"""What may be opened on a server of PostgreSQL, by whom, and what a refusal says."""

import builtins
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.libvirt.certificates import Authority
from tests.postgres.proxy import Proxy
from tests.postgres.server import PASSWORD, Server
from tests.repository.stores import ServerStore
from tests.repository.test_commit import added, cursors
from vurti.errors import Fenced, StoreError
from vurti.model import Row, Statistics, Vds, VdsStatistics, Vm, VmStatistics
from vurti.model.commit import Commit
from vurti.repository import open_for_announcing, open_for_reading, open_repository
from vurti.repository.migrations import SCHEMA_VERSION

pytest.importorskip("psycopg")
pytestmark = pytest.mark.postgres

HOLD = """
import sys
from types import SimpleNamespace
from vurti.repository import open_repository
worker = SimpleNamespace(run=lambda function, *args: function(*args))
repository = open_repository(sys.argv[1], "system", worker)
repository.start()
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def store(server_store: ServerStore) -> ServerStore:
    return server_store


def holding(url: str) -> "subprocess.Popen[str]":
    """Another process that holds the scope."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.getcwd()},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


@pytest.fixture
def other_vurti(url: str) -> Iterator["subprocess.Popen[str]"]:
    process = holding(url)
    yield process
    process.kill()
    process.communicate()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vurti.repository.database.postgresql.holding.WAIT_MS", 50)


def test_a_second_vurti_is_refused_and_told_who_holds_the_scope(
    other_vurti, opened, impatient
) -> None:
    holder = (
        rf"'system' is in use by another vurti \(vurti \(pid {other_vurti.pid} on \S+\), since"
        r" 20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ, from 127.0.0.1, server process \d+\)"
    )
    with pytest.raises(StoreError, match=holder):
        opened()


def test_another_scope_and_another_schema_can_be_had_beside_it(
    other_vurti, opened, postgres, worker
) -> None:
    assert opened("other").start().epoch == 1
    with open_repository(ServerStore(postgres).url, "system", worker) as elsewhere:
        assert elsewhere.start().epoch == 1


def test_what_is_held_can_be_read_and_announced_to(other_vurti, url) -> None:
    with open_for_reading(url) as reader, open_for_announcing(url):
        assert (list(reader.vdss.list()), reader.log()) == ([], [])


def test_a_vurti_that_was_killed_holds_nothing(other_vurti, opened) -> None:
    other_vurti.kill()
    other_vurti.wait()
    assert opened().start().epoch == 2


def test_a_killed_vurti_whose_session_lingers_holds_the_scope_for_a_stated_time_at_most(
    store, opened, monkeypatch, impatient
) -> None:
    """Something between it and the server keeps the connection open, and says nothing."""
    monkeypatch.setenv("PGOPTIONS", "")
    with Proxy(store.server.port) as proxy:
        proxy.keep_open = True
        url = store.url.replace(f":{store.server.port}/", f":{proxy.port}/")
        holder = holding(f"{url}%20-cidle_session_timeout%3D700ms")
        holder.kill()
        holder.communicate()
        with pytest.raises(StoreError, match=f"pid {holder.pid}"):
            opened()
        monkeypatch.setattr("vurti.repository.database.postgresql.holding.WAIT_MS", 30_000)
        assert opened().start().epoch == 2


def test_what_the_server_is_asked_to_bound_is_bounded(opened) -> None:
    names = (
        *("statement_timeout", "idle_in_transaction_session_timeout", "idle_session_timeout"),
        *("lock_timeout", "client_connection_check_interval", "tcp_keepalives_idle"),
        *("tcp_user_timeout", "default_transaction_isolation", "synchronous_commit"),
    )
    ours = opened()._database._opened()
    assert [ours.execute(f"show {name}").fetchone()[0] for name in names] == [
        *("20s", "10s", "30s"),
        *("10s", "2s", "5"),
        *("20000", "read committed", "on"),
    ]


def test_the_urls_own_parameters_count_more_than_ours(store, worker) -> None:
    own = "%20-cstatement_timeout%3D7s&application_name=hello&connect_timeout=3"
    with open_repository(store.url + own, "system", worker) as repository:
        ours = repository._database._opened()
        assert ours.execute("show statement_timeout").fetchone() == ("7s",)
        assert ours.execute("show application_name").fetchone() == ("hello",)
        assert ours.execute("show lock_timeout").fetchone() == ("10s",)


def test_commits_are_on_the_disk_also_where_the_server_is_lax(store, worker) -> None:
    lax = "%20-csynchronous_commit%3Doff"
    with open_repository(store.url + lax, "system", worker) as repository:
        ours = repository._database._opened()
        assert ours.execute("show synchronous_commit").fetchone() == ("on",)


def test_a_newer_store_is_refused_and_left_as_it_is(store, opened, url) -> None:
    opened().close()
    store.sql("update meta set value = '99' where name = 'schema_version'")
    refusal = rf"newer vurti \(schema_version 99, this one knows {SCHEMA_VERSION}\)"
    for open_it in (opened, lambda: open_for_reading(url), lambda: open_for_announcing(url)):
        with pytest.raises(StoreError, match=refusal):
            open_it()
    assert store.sql("select * from meta") == [("schema_version", "99")]


@pytest.mark.parametrize("table", ["meta (something int)", "customer (name text)"])
def test_somebody_elses_database_is_refused_and_left_as_it_is(store, opened, table) -> None:
    store.sql(f"create table {table}")
    with pytest.raises(StoreError, match="not one of vurti's"):
        opened()
    tables = "select count(*) from pg_tables where schemaname = current_schema()"
    assert store.sql(tables) == [(1,)]


def test_what_an_extension_brings_is_not_somebody_elses(store, opened) -> None:
    store.sql("create extension if not exists pg_freespacemap")
    store.sql("create extension pg_stat_statements")
    try:
        assert opened().start().epoch == 1
    finally:
        store.sql("drop extension pg_stat_statements")


def test_a_store_that_never_was_or_is_older_cannot_be_read(store, url, opened) -> None:
    with pytest.raises(StoreError, match=r"schema_version 0.*start vurti with it once"):
        open_for_reading(url)
    opened().close()
    store.sql("update meta set value = '2' where name = 'schema_version'")
    with pytest.raises(StoreError, match=r"schema_version 2.*start vurti with it once"):
        open_for_announcing(url)


def test_a_reader_cannot_write(opened, url) -> None:
    opened().start()
    with open_for_reading(url) as reader, pytest.raises(StoreError, match="read-only"):
        reader.vdss._read(lambda database: database.execute_sql("delete from scope"))


def test_a_user_who_may_only_read_reads_and_is_told_that_he_may_not_write(
    store, opened, worker
) -> None:
    with opened() as repository:
        repository.start()
        repository.commit(added(1, "a"))
    user = f"looker_{store.schema}"
    store.sql(f"create role {user} login")
    store.sql(f"grant usage on schema {store.schema} to {user}")
    store.sql(f"grant select on all tables in schema {store.schema} to {user}")
    url = store.url.replace("//vurti@", f"//{user}@")
    with open_for_reading(url) as reader:
        assert [one.value.id for one in reader.vdss.vms.list()] == ["a"]
        assert (reader.log_bounds(), reader.snapshot().cursor) == ((1, 1), 1)
    with (
        open_repository(url, "system", worker) as repository,
        pytest.raises(StoreError, match="permission denied for table scope"),
    ):
        repository.start()


def test_the_password_is_asked_for_and_never_shown(postgres, worker) -> None:
    postgres.create("locked")
    try:
        right = postgres.url("locked", password=PASSWORD.replace(" ", "%20"))
        with open_repository(right, "system", worker) as repository:
            assert repository.start().epoch == 1
            assert "sesame" not in repr(vars(repository._database))
        wrong = postgres.url("locked", password="guess-me")
        with pytest.raises(StoreError) as refusal:
            open_repository(wrong, "system", worker)
        shown = rf"postgresql://vurti@127.0.0.1:{postgres.port}/locked: .*password authentication"
        assert re.match(shown, str(refusal.value))
        assert "guess" not in str(refusal.value)
    finally:
        postgres.drop("locked")


@pytest.mark.parametrize("broken", ["pass%zzword@h/db", "me:pass%zzword@h/db?nothing=x"])
def test_a_url_that_libpq_cannot_read_is_refused_without_showing_it(broken, worker) -> None:
    with pytest.raises(StoreError, match="libpq cannot read this URL") as refusal:
        open_repository(f"postgresql://{broken}", "system", worker)
    assert refusal.value.__cause__ is None or "zzword" not in str(refusal.value.__cause__)
    assert "zzword" not in str(refusal.value).partition(": ")[2]


def test_a_server_that_is_not_there_is_named(postgres, worker) -> None:
    postgres.stop()
    with pytest.raises(StoreError, match=rf"127.0.0.1:{postgres.port}/postgres: .*refused"):
        open_repository(postgres.url(), "system", worker)


def test_a_database_and_a_schema_that_are_not_there_are_named(postgres, worker) -> None:
    with pytest.raises(StoreError, match='database "nowhere" does not exist'):
        open_repository(postgres.url("nowhere"), "system", worker)
    url = f"{postgres.url()}?options=-csearch_path%3Dnowhere"
    with pytest.raises(StoreError, match="names no schema that is there"):
        open_repository(url, "system", worker)


def test_a_database_of_another_encoding_is_refused(postgres, worker) -> None:
    postgres.sql("create database latin template template0 encoding 'LATIN1' locale 'C'")
    with pytest.raises(StoreError, match="create it with encoding 'UTF8'"):
        open_repository(postgres.url("latin"), "system", worker)
    postgres.drop("latin")


def test_without_psycopg_it_is_said_how_to_have_it(monkeypatch, worker) -> None:
    real = builtins.__import__

    def lacking(name, *args, **kwargs):
        if name == "psycopg":
            raise ImportError("No module named 'psycopg'")
        return real(name, *args, **kwargs)

    monkeypatch.setattr("builtins.__import__", lacking)
    with pytest.raises(StoreError, match=r"pip install 'vurti\[postgres\]'") as refusal:
        open_repository("postgresql://me:secret@h/db", "system", worker)
    assert "secret" not in str(refusal.value)


def test_the_server_is_trusted_only_with_its_certificate(postgres, worker, tmp_path: Path) -> None:
    good, bad = Authority(tmp_path / "good"), Authority(tmp_path / "bad")
    serve_tls(postgres, tmp_path / "good")
    url = postgres.url(postgres.create().rsplit("/", 1)[1]) + "?sslmode=verify-full&sslrootcert="
    try:
        with open_repository(f"{url}{good.ca}", "system", worker) as repository:
            ours = repository._database._opened()
            ssl = "select ssl from pg_stat_ssl where pid = pg_backend_pid()"
            assert ours.execute(ssl).fetchone() == (True,)
        with pytest.raises(StoreError, match="certificate verify failed"):
            open_repository(f"{url}{bad.ca}", "system", worker)
    finally:
        postgres.sql("alter system reset all")
        postgres.stop()


def serve_tls(server: Server, pki: Path) -> None:
    """From its next connection on."""
    for name in ("server.pem", "server.key"):
        path = server.home / "data" / name
        path.write_bytes((pki / name).read_bytes())
        path.chmod(0o600)
        owner = (server.home / "data").stat()
        os.chown(path, owner.st_uid, owner.st_gid)
    for setting in ("ssl_cert_file = 'server.pem'", "ssl_key_file = 'server.key'", "ssl = on"):
        server.sql(f"alter system set {setting}")
    server.stop()
    server.start()


# The server goes away, and is back.


def test_a_commit_fails_while_the_server_is_away_and_is_written_once_it_is_back(
    opened, postgres
) -> None:
    repository = opened()
    repository.start()
    repository.commit(added(1, "a"))
    for stops in (postgres.stop, postgres.kill):
        stops()
        for _ in range(2):
            with pytest.raises(StoreError):
                repository.commit(added(2, "b"))
        postgres.start()
        assert repository.commit(added(2, "b")) == 2
    assert cursors(repository) == [1, 2]


def test_a_session_that_the_server_ended_while_nothing_was_said_is_no_failure(
    opened, store, monkeypatch
) -> None:
    monkeypatch.setattr("vurti.repository.database.postgresql.lasting.IDLE_SECS", 0.0)
    repository = opened()
    repository.start()
    store.sql(
        "select pg_terminate_backend(pid, 5000) from pg_stat_activity"
        " where application_name like 'vurti%'"
    )
    assert repository.commit(added(1, "a")) == 1


def test_a_reader_goes_on_when_the_server_is_back(opened, url, postgres) -> None:
    opened().start()
    with open_for_reading(url) as reader:
        postgres.stop()
        with pytest.raises(StoreError, match="connection"):
            reader.log_bounds()
        postgres.start()
        assert reader.log_bounds() == (0, 0)


def test_who_lost_the_scope_while_the_connection_was_lost_writes_nothing_more(
    opened, postgres
) -> None:
    first = opened()
    first.start()
    postgres.stop()
    postgres.start()
    second = opened()
    second.start()
    with pytest.raises(StoreError, match="terminating connection"):
        first.commit(added(1, "a"))
    with pytest.raises(Fenced, match=r"another vurti \(vurti \(pid \d+"):
        first.commit(added(1, "a"))
    second.close()
    with pytest.raises(Fenced, match="epoch 2, ours was 1"):
        first.commit(added(1, "a"))
    first.close()
    assert cursors(opened()) == []


def test_a_server_that_does_not_answer_is_given_up(opened, postgres, monkeypatch) -> None:
    repository = opened()
    repository.start()
    of_session = "vurti.repository.database.postgresql.session"
    monkeypatch.setattr(f"{of_session}.Session.reply_secs", 0.3)
    monkeypatch.setitem(sys.modules[of_session].OF_CLIENT, "connect_timeout", 2)
    postgres.pause()
    with pytest.raises(StoreError, match=r"no answer within 0\.3 s"):
        repository.commit(added(1, "a"))
    with pytest.raises(StoreError, match="timeout"):
        repository.commit(added(1, "a"))
    postgres.resume()
    assert repository.commit(added(1, "a")) == 1


def test_after_a_crash_of_the_server_ages_are_unknown_until_hosts_are_heard_again(
    opened, url, postgres
) -> None:
    repository = opened()
    repository.start()
    repository.commit(Commit(1, 1, (Row(Vds("h")),), (Row(Vm("v", run_on="h")),)))
    told = Statistics("h", 5.0, VdsStatistics(1.0), {"v": VmStatistics(2.0)})
    repository.save_statistics([told])
    postgres.kill()
    postgres.start()
    with open_for_reading(url) as reader:
        host, vm = reader.vdss.get("h"), reader.vdss.vms.get("v")
        assert (host.value, vm.value.run_on) == (Vds("h"), "h")
        assert (host.heard_at, host.statistics) == (None, None)
        assert (vm.heard_at, vm.sampled_at, vm.statistics) == (None, None, None)
        with pytest.raises(StoreError):
            repository.save_statistics([told])
        repository.save_statistics([told])
        assert (reader.vdss.get("h").heard_at, reader.vdss.vms.get("v").sampled_at) == (5.0, 5.0)


def test_a_standby_can_be_read_and_is_refused_for_writing(postgres, worker) -> None:
    name = postgres.create().rsplit("/", 1)[1]
    with open_repository(postgres.url(name), "system", worker) as repository:
        repository.start()
        repository.commit(added(1, "a"))
    with postgres.standby() as standby:
        url = standby.url(name)
        with open_for_reading(url) as reader:
            assert (reader.log_bounds(), len(reader.snapshot().vms)) == ((1, 1), 1)
            with pytest.raises(StoreError, match="unlogged relations"):
                reader.vdss.vms.list()
        for open_it in (
            lambda: open_repository(url, "system", worker),
            lambda: open_for_announcing(url),
        ):
            with pytest.raises(StoreError, match="it is a standby"):
                open_it()
