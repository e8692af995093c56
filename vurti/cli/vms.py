"""`vurti vms`: the VMs as they are stored."""

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from vurti.cli.listing import AS_JSON, LIMIT, for_table, json_line, paged, tell_of_more
from vurti.cli.opening import opened
from vurti.cli.source import Asking, Source, asking

if TYPE_CHECKING:
    from vurti.repository import VmRecord


@click.command(cls=Asking)
@asking
@click.option("--status", help="Only VMs in this status, such as Paused.")
@click.option("--host", help="Only VMs on this host.")
@click.option("--cluster", help="Only VMs in this cluster.")
@click.option("--name", help="Only VMs of this name.")
@LIMIT
@AS_JSON
def vms(
    source: Source,
    status: str | None,
    host: str | None,
    cluster: str | None,
    name: str | None,
    limit: int | None,
    as_json: bool,
) -> None:
    """List the VMs that the store of CONFIG knows, and when their host was last heard."""
    with opened(source) as asked:

        def ask(after: str | None, count: int) -> "Sequence[VmRecord]":
            return asked.reader.vdss.vms.list(
                status=status, host=host, cluster=cluster, name=name, after=after, limit=count
            )

        stale = asked.stale_secs
        if as_json:
            for record in paged(ask, limit):
                click.echo(_json(record, stale))
        else:
            records, more = for_table(ask, limit)
            _table(records, stale)
            tell_of_more(len(records), more)


def _json(record: "VmRecord", stale: float) -> str:
    from vurti.wire.record import is_stale_vm

    now = time.time()
    return json_line(record, now, is_stale_vm(record.value.run_on, record.heard_at, now, stale))


def _table(records: "list[VmRecord]", stale: float) -> None:
    from vurti.cli import tables

    now = time.time()
    tables.show(
        ("VM", "NAME", "STATUS", "HOST", "CLUSTER", "CPU", "SINCE", "HEARD"),
        (
            (
                one.value.id,
                one.value.name,
                tables.status(one.value.status, *tables.why(one.value)),
                one.value.run_on or "",
                one.cluster,
                tables.percent(one.statistics.cpu_percent if one.statistics else None),
                tables.ago(one.observed_at, now),
                tables.heard(one.heard_at, now, stale) if one.value.run_on else "",
            )
            for one in records
        ),
    )
