"""Three databases of the old way: SQLite by hand, SQLite by peewee, PostgreSQL by psycopg."""

import sqlite3
from typing import Any

from peewee import BigIntegerField, FloatField, Model, SqliteDatabase, TextField

from benchmarks.old_way.cycle import Record, Store

_KINDS = {str: "text", float: "double precision", int: "bigint"}
_NAMES = Record._fields
_COLUMNS = ", ".join(f"{name} {_KINDS[kind]}" for name, kind in Record.__annotations__.items())
CREATE = (
    f"create table vm ({_COLUMNS}, primary key (id))",
    "create table event (vm text, before text, after text, at double precision)",
)
SELECT = f"select {', '.join(_NAMES)} from vm where id = ?"  # noqa: S608  our own names
INSERT = f"insert into vm values ({', '.join('?' * len(_NAMES))})"  # noqa: S608  same
UPDATE = f"update vm set {', '.join(f'{name} = ?' for name in _NAMES[1:])} where id = ?"  # noqa: S608  same
EVENT = "insert into event values (?, ?, ?, ?)"


class Raw:
    """SQLite with a log of writes ahead and whole commits, as vurti has it."""

    def __init__(self, path: str) -> None:
        self._base = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        for pragma in ("journal_mode = wal", "synchronous = full"):
            self._base.execute(f"pragma {pragma}")
        for sql in CREATE:
            self._base.execute(sql)
        self._execute = self._base.execute

    def begin(self) -> None:
        self._execute("begin immediate")

    def load(self, vm: str) -> Record | None:
        row = self._execute(SELECT, (vm,)).fetchone()
        return None if row is None else Record._make(row)

    def insert(self, record: Record) -> None:
        self._execute(INSERT, record)

    def update(self, record: Record) -> None:
        self._execute(UPDATE, (*record[1:], record.id))

    def event(self, vm: str, before: str, after: str, at: float) -> None:
        self._execute(EVENT, (vm, before, after, at))

    def commit(self) -> None:
        self._execute("commit")

    def close(self) -> None:
        self._base.close()


class OnServer(Raw):
    """PostgreSQL, each statement prepared once, in one session: nobody else has the lock."""

    def __init__(self, url: str) -> None:
        import psycopg

        self._server = psycopg.connect(url, autocommit=True)
        for sql in CREATE:
            self._server.execute(sql.encode())
        self._cursor = self._server.cursor()
        self._execute = self._prepared

    def _prepared(self, sql: str, values: Any = ()) -> Any:
        return self._cursor.execute(_marked(sql), values, prepare=True)

    def begin(self) -> None:
        self._execute("begin")

    def close(self) -> None:
        self._server.close()


class _Vm(Model):
    """The same table as peewee has it."""

    id = TextField(primary_key=True)
    name, status, pause_code, run_on = TextField(), TextField(), TextField(), TextField()
    guest_ip, session, device_hash = TextField(), TextField(), TextField()
    observed_at, cpu_user, cpu_sys = FloatField(), FloatField(), FloatField()
    cpu_time_ns, memory_percent, balloon_kb = (BigIntegerField() for _ in range(3))
    elapsed_secs, rx_bytes, tx_bytes = (BigIntegerField() for _ in range(3))
    read_bytes, written_bytes = BigIntegerField(), BigIntegerField()

    class Meta:
        table_name = "vm"


class _Event(Model):
    """What became of a VM."""

    vm, before, after, at = TextField(), TextField(), TextField(), FloatField()

    class Meta:
        table_name = "event"


class ByPeewee:
    """SQLite by models: get one, set its fields, save it."""

    def __init__(self, path: str) -> None:
        pragmas = {"journal_mode": "wal", "synchronous": "full"}
        self._base = SqliteDatabase(path, pragmas=pragmas, thread_safe=False,
                                    check_same_thread=False)  # fmt: skip
        self._base.bind([_Vm, _Event])
        self._base.create_tables([_Vm, _Event])
        self._loaded: dict[str, _Vm] = {}

    def begin(self) -> None:
        self._base.begin("immediate")

    def load(self, vm: str) -> Record | None:
        found = _Vm.get_or_none(_Vm.id == vm)
        if found is None:
            return None
        self._loaded[vm] = found
        return Record._make(found.__data__[name] for name in _NAMES)

    def insert(self, record: Record) -> None:
        _Vm.create(**record._asdict())

    def update(self, record: Record) -> None:
        found = self._loaded.pop(record.id)
        for name, value in zip(_NAMES, record, strict=True):
            setattr(found, name, value)
        found.save()

    def event(self, vm: str, before: str, after: str, at: float) -> None:
        _Event.create(vm=vm, before=before, after=after, at=at)

    def commit(self) -> None:
        self._base.commit()

    def close(self) -> None:
        self._base.close()


def _marked(sql: str) -> str:
    return _MARKED.setdefault(sql, sql.replace("?", "%s"))


_MARKED: dict[str, str] = {}


def opened(url: str) -> Store:
    """The store of a URL: sqlite:///PATH, peewee:///PATH, postgresql://…"""
    scheme, _, path = url.partition("://")
    match scheme:
        case "sqlite":
            return Raw(path)
        case "peewee":
            return ByPeewee(path)
        case _:
            return OnServer(url)
