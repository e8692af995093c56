"""`vurti hosts`: the hosts as they are stored."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vurti.cli.listing import AS_JSON, LIMIT, for_table, json_line, paged, stale_secs, tell_of_more
from vurti.cli.opening import CONFIG, opened

if TYPE_CHECKING:
    from vurti.repository import VdsRecord


@click.command()
@CONFIG
@click.option("--status", help="Only hosts in this status, such as Up.")
@click.option("--cluster", help="Only hosts of this cluster.")
@LIMIT
@AS_JSON
def hosts(
    config: Path, status: str | None, cluster: str | None, limit: int | None, as_json: bool
) -> None:
    """List the hosts that the store of CONFIG knows, and when each was last heard."""
    with opened(config) as (settings, reader):

        def ask(after: str | None, count: int) -> "Sequence[VdsRecord]":
            return reader.vdss.list(status=status, cluster=cluster, after=after, limit=count)

        stale = stale_secs(settings)
        if as_json:
            for record in paged(ask, limit):
                click.echo(_json(record, stale))
        else:
            records, more = for_table(ask, limit)
            _table(records, stale)
            tell_of_more(len(records), more)


def _json(record: "VdsRecord", stale: float) -> str:
    from vurti.cli.tables import is_stale

    now = time.time()
    return json_line(record, record.heard_at, now, is_stale(record.heard_at, now, stale))


def _table(records: "list[VdsRecord]", stale: float) -> None:
    from vurti.cli import tables

    now = time.time()
    columns = ("HOST", "CLUSTER", "STATUS", "VMS", "CPU", "MEMORY FREE", "SINCE", "HEARD")
    tables.show(
        columns,
        (
            (
                one.value.id,
                one.value.cluster,
                tables.status(one.value.status, one.value.reason),
                _count(one.statistics.vm_count if one.statistics else None),
                tables.percent(one.statistics.cpu_percent if one.statistics else None),
                tables.size(one.statistics.memory_free_kb if one.statistics else None),
                tables.ago(one.observed_at, now),
                tables.heard(one.heard_at, now, stale),
            )
            for one in records
        ),
    )


def _count(number: int | None) -> str:
    return "" if number is None else str(number)
