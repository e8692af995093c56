"""The models are what the migrations lead to."""

import sqlite3

from peewee import SqliteDatabase

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


def test_migrating_a_new_store_gives_what_the_models_say() -> None:
    migrated = sqlite3.connect(":memory:", isolation_level=None)
    assert migrate(migrated) == 0
    modelled = SqliteDatabase(":memory:")
    with modelled.bind_ctx(MODELS):
        modelled.create_tables(MODELS)
        assert layout(migrated) == layout(modelled.connection())
        assert partial(migrated) == partial(modelled.connection())
    modelled.close()
    migrated.close()


def test_a_store_of_today_is_not_migrated_again() -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrate(connection)
    changes = connection.total_changes
    assert migrate(connection) == SCHEMA_VERSION == len(MIGRATIONS)
    assert connection.total_changes == changes
    connection.close()


def test_an_older_store_goes_through_the_missing_steps_or_through_none(monkeypatch) -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrate(connection)

    def second(one: sqlite3.Connection) -> None:
        one.execute("alter table meta add column note text")

    def broken(one: sqlite3.Connection) -> None:
        one.execute("alter table nothing add column note text")

    def columns() -> list[str]:
        return [row[1] for row in connection.execute("pragma table_info(meta)")]

    monkeypatch.setattr("vurti.repository.migrations.SCHEMA_VERSION", SCHEMA_VERSION + 2)
    monkeypatch.setattr("vurti.repository.migrations.MIGRATIONS", (*MIGRATIONS, second, broken))
    try:
        migrate(connection)
    except sqlite3.OperationalError:
        assert "note" not in columns()
    monkeypatch.setattr("vurti.repository.migrations.SCHEMA_VERSION", SCHEMA_VERSION + 1)
    monkeypatch.setattr("vurti.repository.migrations.MIGRATIONS", (*MIGRATIONS, second))
    assert migrate(connection) == SCHEMA_VERSION
    assert "note" in columns()
    assert migrate(connection) == SCHEMA_VERSION + 1
    connection.close()
