"""The models are what the migrations lead to."""

import sqlite3

import pytest
from peewee import SqliteDatabase

from vurti.repository.database.sqlite.connection import SqliteConnection, immediate
from vurti.repository.migrations import MIGRATIONS, SCHEMA_VERSION, migrate
from vurti.repository.schema import MODELS


def layout(connection: sqlite3.Connection) -> dict[str, object]:
    names = connection.execute(
        "select type, name from sqlite_master where type in ('table', 'index') order by name"
    ).fetchall()
    return {
        name: connection.execute(
            f"pragma table_info({name})" if kind == "table" else f"pragma index_xinfo({name})"
        ).fetchall()
        for kind, name in names
    }


def partial(connection: sqlite3.Connection) -> list[tuple[str, int, int]]:
    return sorted(
        (name, unique, part)
        for model in MODELS
        for _, name, unique, _, part in connection.execute(
            f"pragma index_list({model._meta.table_name})"
        )
    )


def connected() -> tuple[sqlite3.Connection, SqliteConnection]:
    raw = sqlite3.connect(":memory:", isolation_level=None)
    return raw, SqliteConnection(raw)


def test_migrating_a_new_store_gives_what_the_models_say() -> None:
    migrated, connection = connected()
    assert migrate(connection) == 0
    modelled = SqliteDatabase(":memory:")
    with modelled.bind_ctx(MODELS):
        modelled.create_tables(MODELS)
        assert layout(migrated) == layout(modelled.connection())
        assert partial(migrated) == partial(modelled.connection())
    modelled.close()
    migrated.close()


def test_a_store_of_today_is_not_migrated_again() -> None:
    raw, connection = connected()
    migrate(connection)
    changes = raw.total_changes
    assert migrate(connection) == SCHEMA_VERSION == len(MIGRATIONS)
    assert raw.total_changes == changes
    raw.close()


def test_an_older_store_goes_through_the_missing_steps_or_through_none(monkeypatch) -> None:
    raw, connection = connected()
    migrate(connection)
    second = "alter table meta add column note text"
    broken = "alter table nothing add column note text"
    monkeypatch.setattr("vurti.repository.migrations.SCHEMA_VERSION", SCHEMA_VERSION + 2)
    monkeypatch.setattr("vurti.repository.migrations.MIGRATIONS", (*MIGRATIONS, second, broken))
    with pytest.raises(sqlite3.OperationalError), immediate(raw) as one:
        migrate(one)
    assert connection.columns("meta") == ["name", "value"]
    monkeypatch.setattr("vurti.repository.migrations.SCHEMA_VERSION", SCHEMA_VERSION + 1)
    second = "alter table scope add column note text"
    monkeypatch.setattr("vurti.repository.migrations.MIGRATIONS", (*MIGRATIONS, second))
    assert migrate(connection) == SCHEMA_VERSION
    assert connection.columns("scope")[-1] == "note"
    assert migrate(connection) == SCHEMA_VERSION + 1
    raw.close()
