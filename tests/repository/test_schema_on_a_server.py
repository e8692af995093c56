"""The tables on a server of PostgreSQL are what the models say, from whatever version they came."""

import pytest

from tests.repository.stores import ServerStore
from tests.repository.test_commit import added
from vurti.errors import StoreError
from vurti.model import VmStatus
from vurti.repository import open_repository
from vurti.repository.migrations import MIGRATIONS, SCHEMA_VERSION
from vurti.repository.schema import MODELS
from vurti.repository.statements import kinds

pytest.importorskip("psycopg")
pytestmark = pytest.mark.postgres

COLUMNS = """
select table_name, column_name, data_type, is_nullable, collation_name
from information_schema.columns where table_schema = current_schema()
and table_name not in ('hosts', 'vms') order by table_name, ordinal_position
"""
INDEXES = """
select tablename, indexname, indexdef from pg_indexes where schemaname = current_schema()
"""
VIEWS = "select viewname, definition from pg_views where schemaname = current_schema()"
KEPT = """
select relname, relpersistence, reloptions from pg_class
where relnamespace = current_schema()::regnamespace and relkind = 'r'
"""


@pytest.fixture
def store(server_store: ServerStore) -> ServerStore:
    return server_store


def layout(store: ServerStore) -> list[object]:
    """All that makes the schema what it is, without the schema's own name."""
    found = [sorted(map(str, store.sql(sql))) for sql in (COLUMNS, INDEXES, VIEWS, KEPT)]
    return [[line.replace(store.schema, "S") for line in part] for part in found]


def test_the_tables_are_what_the_models_say(store, opened) -> None:
    opened()
    told = [
        (
            model._meta.table_name,
            field.column_name,
            kinds(model._meta.table_name, [field.column_name])[0],
            "YES" if field.null else "NO",
            "C" if field.field_type == "TEXT" else None,
        )
        for model in sorted(MODELS, key=lambda model: model._meta.table_name)
        for field in model._meta.sorted_fields
    ]
    assert store.sql(COLUMNS) == told


@pytest.mark.parametrize("version", [1, 4, len(MIGRATIONS) - 1])
def test_an_older_store_becomes_what_a_new_one_is(
    store, opened, postgres, worker, monkeypatch, version
) -> None:
    with monkeypatch.context() as older:
        for module in ("migrations", "database.postgresql.held_server"):
            older.setattr(f"vurti.repository.{module}.SCHEMA_VERSION", version)
        older.setattr("vurti.repository.migrations.MIGRATIONS", MIGRATIONS[:version])
        opened().close()
    assert store.sql("select value from meta") == [(str(version),)]
    opened().start()
    assert store.sql("select value from meta") == [(str(SCHEMA_VERSION),)]

    fresh = ServerStore(postgres)
    open_repository(fresh.url, "system", worker).close()
    assert layout(store) == layout(fresh)


def test_a_migration_that_fails_leaves_all_as_it_was(store, opened, monkeypatch) -> None:
    opened().close()
    before = layout(store)
    steps = ("alter table meta add column note TEXT", "alter table nothing add column note TEXT")
    with monkeypatch.context() as newer:
        for module in ("migrations", "database.postgresql.held_server"):
            newer.setattr(f"vurti.repository.{module}.SCHEMA_VERSION", SCHEMA_VERSION + 2)
        newer.setattr("vurti.repository.migrations.MIGRATIONS", (*MIGRATIONS, *steps))
        with pytest.raises(StoreError, match='relation "nothing" does not exist'):
            opened()
    assert layout(store) == before
    opened().start()


def test_no_index_is_on_what_changes_and_what_changes_leaves_room(store, opened) -> None:
    opened()
    indexed = {name: text for _, name, text in store.sql(INDEXES)}
    hot = ("vds_dynamic", "vm_dynamic", "vds_statistics", "vm_statistics", "scope")
    of_hot = [text for text in indexed.values() if any(f".{table} " in text for table in hot)]
    keys = ("(key)", "(id)", "(scope, id)", "(vds)", "(vm)", "(name)")
    assert [text for text in of_hot if not text.endswith(keys)] == []
    kept = {name: (persistence, options) for name, persistence, options in store.sql(KEPT)}
    assert {kept[table][1][0] for table in hot} == {"fillfactor=50"}
    assert {name for name, (persistence, _) in kept.items() if persistence == "u"} == {
        "vds_statistics",
        "vm_statistics",
    }


def test_a_change_of_a_vm_is_made_in_its_place(store, opened) -> None:
    repository = opened()
    repository.start()
    ids = [f"vm{n}" for n in range(40)]
    for number, status in enumerate((VmStatus.UP, VmStatus.PAUSED, VmStatus.UP), 1):
        repository.commit(added(number, *ids, status=status))
    repository._database._opened().execute("select pg_stat_force_next_flush()")
    ((updated, hot),) = store.sql(
        "select n_tup_upd, n_tup_hot_upd from pg_stat_user_tables"
        " where schemaname = current_schema() and relname = 'vm_dynamic'"
    )
    assert updated == hot == 80
