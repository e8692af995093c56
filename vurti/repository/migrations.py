"""How a store became what it is: one step a version, each written down once and never changed.

A store without `meta` that holds nothing is new; one that holds something is somebody else's.
"""

import sqlite3
from collections.abc import Callable
from typing import Any

from vurti.errors import StoreError
from vurti.repository.transaction import immediate

_FIRST = """
CREATE TABLE "meta" ("name" TEXT NOT NULL PRIMARY KEY, "value" TEXT NOT NULL);
CREATE TABLE "scope" ("name" TEXT NOT NULL PRIMARY KEY, "epoch" INTEGER NOT NULL,
  "nonce" TEXT NOT NULL, "seq" INTEGER NOT NULL, "number_last" INTEGER NOT NULL,
  "cursor" INTEGER NOT NULL, "started_at" REAL NOT NULL, "committed_at" REAL);
CREATE TABLE "vds_dynamic" ("key" INTEGER NOT NULL PRIMARY KEY, "scope" TEXT NOT NULL,
  "id" TEXT NOT NULL, "cluster" TEXT NOT NULL, "status" TEXT NOT NULL, "reason" TEXT NOT NULL,
  "capabilities" TEXT, "seq" INTEGER NOT NULL, "observed_at" REAL NOT NULL,
  "rule" TEXT NOT NULL);
CREATE UNIQUE INDEX "vdsdynamic_scope_id" ON "vds_dynamic" ("scope", "id");
CREATE TABLE "vds_statistics" ("vds" INTEGER NOT NULL PRIMARY KEY, "heard_at" REAL NOT NULL,
  "sampled_at" REAL, "cpu_percent" REAL, "memory_kb" INTEGER, "memory_free_kb" INTEGER,
  "vm_count" INTEGER, "boot_time" REAL);
CREATE TABLE "vm_dynamic" ("key" INTEGER NOT NULL PRIMARY KEY, "scope" TEXT NOT NULL,
  "id" TEXT NOT NULL, "name" TEXT NOT NULL, "status" TEXT NOT NULL, "run_on" TEXT,
  "migrating_to" TEXT, "pause_status" TEXT NOT NULL, "exit_status" TEXT, "exit_reason" TEXT,
  "exit_message" TEXT NOT NULL, "seq" INTEGER NOT NULL, "observed_at" REAL NOT NULL,
  "rule" TEXT NOT NULL);
CREATE UNIQUE INDEX "vmdynamic_scope_id" ON "vm_dynamic" ("scope", "id");
CREATE INDEX "vmdynamic_scope_run_on" ON "vm_dynamic" ("scope", "run_on");
CREATE TABLE "vm_statistics" ("vm" INTEGER NOT NULL PRIMARY KEY, "sampled_at" REAL NOT NULL,
  "cpu_percent" REAL, "cpu_time_ns" INTEGER, "vcpus" INTEGER, "memory_kb" INTEGER,
  "memory_max_kb" INTEGER, "rss_kb" INTEGER, "disk_read_bytes" INTEGER,
  "disk_write_bytes" INTEGER, "net_rx_bytes" INTEGER, "net_tx_bytes" INTEGER);
CREATE TABLE "event_log" ("scope" TEXT NOT NULL, "cursor" INTEGER NOT NULL, "id" TEXT NOT NULL,
  "kind" TEXT NOT NULL, "vm" TEXT, "host" TEXT, "seq_first" INTEGER NOT NULL,
  "seq" INTEGER NOT NULL, "before_status" TEXT, "after_status" TEXT, "reason" TEXT NOT NULL,
  "rule" TEXT NOT NULL, "restart" INTEGER NOT NULL, "observed_at" REAL NOT NULL,
  "committed_at" REAL NOT NULL, "body" TEXT NOT NULL, PRIMARY KEY ("scope", "cursor"));
CREATE INDEX "event_log_vm" ON "event_log" ("scope", "vm", "cursor") WHERE ("vm" IS NOT NULL);
CREATE INDEX "event_log_host" ON "event_log" ("scope", "host", "cursor")
  WHERE ("host" IS NOT NULL);
CREATE VIEW "hosts" AS
  SELECT h.scope, h.id, h.cluster, h.status, h.reason, h.rule,
    datetime(h.observed_at, 'unixepoch') AS state_since_utc,
    datetime(s.heard_at, 'unixepoch') AS heard_utc,
    round((julianday('now') - 2440587.5) * 86400 - s.heard_at, 1) AS heard_secs_ago,
    s.cpu_percent, s.memory_kb, s.memory_free_kb, s.vm_count
  FROM vds_dynamic h LEFT JOIN vds_statistics s ON s.vds = h.key;
CREATE VIEW "vms" AS
  SELECT v.scope, v.id, v.name, v.status, v.run_on, v.migrating_to, v.pause_status,
    v.exit_status, v.exit_reason, v.exit_message, v.rule,
    datetime(v.observed_at, 'unixepoch') AS state_since_utc,
    h.cluster, h.status AS host_status,
    round((julianday('now') - 2440587.5) * 86400 - hs.heard_at, 1) AS host_heard_secs_ago,
    s.cpu_percent, s.memory_kb, datetime(s.sampled_at, 'unixepoch') AS sampled_utc
  FROM vm_dynamic v LEFT JOIN vm_statistics s ON s.vm = v.key
    LEFT JOIN vds_dynamic h ON h.scope = v.scope AND h.id = v.run_on
    LEFT JOIN vds_statistics hs ON hs.vds = h.key
"""


def _first(connection: sqlite3.Connection) -> None:
    for statement in _FIRST.split(";"):
        connection.execute(statement)


MIGRATIONS: tuple[Callable[[sqlite3.Connection], None], ...] = (_first,)
"""Step n turns a store of version n into one of version n + 1; a new store has version 0."""

SCHEMA_VERSION = len(MIGRATIONS)


def version_of(connection: sqlite3.Connection) -> int:
    """The version of an open store, 0 for a new one. Changes nothing.

    Raises StoreError where the database is not vurti's, or is of a newer vurti.
    """
    tables = {name for (name,) in connection.execute("select name from sqlite_master")}
    if not tables:
        return 0
    found = _written_version(connection) if "meta" in tables else None
    if found is None:
        raise StoreError("it is a database, but not one of vurti's")
    if found > SCHEMA_VERSION:
        raise StoreError(
            f"it was written by a newer vurti (schema_version {found}, this one knows"
            f" {SCHEMA_VERSION}): run that version, or use another file"
        )
    return found


def migrate(connection: sqlite3.Connection) -> int:
    """Bring an open store to today's version, all of it or nothing; returns the version found."""
    with immediate(connection):
        found = version_of(connection)
        for step in MIGRATIONS[found:]:
            step(connection)
        if found < SCHEMA_VERSION:
            _write_version(connection)
    return found


def _written_version(connection: sqlite3.Connection) -> int | None:
    try:
        rows: list[tuple[Any]] = connection.execute(
            "select value from meta where name = 'schema_version'"
        ).fetchall()
        return int(rows[0][0]) if rows else None
    except (sqlite3.OperationalError, ValueError):  # somebody else's table of that name
        return None


def _write_version(connection: sqlite3.Connection) -> None:
    connection.execute(
        "insert into meta (name, value) values ('schema_version', ?)"
        " on conflict (name) do update set value = excluded.value",
        (str(SCHEMA_VERSION),),
    )
