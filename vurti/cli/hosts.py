"""`vurti hosts`: the hosts as they are stored."""

import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from vurti.cli.listing import AS_JSON, LIMIT, for_table, json_line, paged, tell_of_more
from vurti.cli.opening import opened
from vurti.cli.source import Asking, Source, asking

if TYPE_CHECKING:
    from rich.text import Text

    from vurti.model import Expectation
    from vurti.repository import VdsRecord


@click.command(cls=Asking)
@asking
@click.option("--status", help="Only hosts in this status, such as Up.")
@click.option("--cluster", help="Only hosts of this cluster.")
@LIMIT
@AS_JSON
def hosts(
    source: Source, status: str | None, cluster: str | None, limit: int | None, as_json: bool
) -> None:
    """List the hosts that the store of CONFIG knows, and when each was last heard."""
    with opened(source) as asked:

        def ask(after: str | None, count: int) -> "Sequence[VdsRecord]":
            return asked.reader.vdss.list(status=status, cluster=cluster, after=after, limit=count)

        from vurti.repository.maintenances import announced

        stale, taken = asked.stale_secs, announced(asked.reader)
        if as_json:
            for record in paged(ask, limit):
                click.echo(_json(record, stale, taken.get(record.value.id)))
        else:
            records, more = for_table(ask, limit)
            _table(records, stale, taken)
            tell_of_more(len(records), more)


def _json(record: "VdsRecord", stale: float, last: "Expectation | None") -> str:
    from vurti.repository.maintenances import in_force
    from vurti.wire.record import is_stale

    now, one = time.time(), in_force(record.value, last)
    taken = None if one is None else {
        "announced_at": one.announced_at, "until": one.expires_at, "why": one.why,
    }  # fmt: skip
    is_old = is_stale(record.heard_at, now, stale)
    return json_line(record, now, is_old, maintenance=taken)


def _table(records: "list[VdsRecord]", stale: float, taken: "dict[str, Expectation]") -> None:
    """With a column for maintenance where some host is in it."""
    from vurti.cli import tables
    from vurti.cli.maintained import note
    from vurti.repository.maintenances import in_force

    now = time.time()
    notes = [note(in_force(one.value, taken.get(one.value.id)), now) for one in records]
    columns = ("HOST", "CLUSTER", "STATUS", "VMS", "CPU", "MEMORY FREE", "SINCE", "HEARD")
    more = ("MAINTENANCE",) if any(notes) else ()
    tables.show(
        (*columns, *more),
        (
            (*_cells(one, now, stale), *((told,) if more else ()))
            for one, told in zip(records, notes, strict=True)
        ),
    )


def _cells(one: "VdsRecord", now: float, stale: float) -> "Iterator[str | Text]":
    from vurti.cli import tables

    sample = one.statistics
    yield one.value.id
    yield one.value.cluster
    yield tables.status(one.value.status, one.value.reason)
    yield _count(sample.vm_count if sample else None)
    yield tables.percent(sample.cpu_percent if sample else None)
    yield tables.size(sample.memory_free_kb if sample else None)
    yield tables.ago(one.observed_at, now)
    yield tables.heard(one.heard_at, now, stale)


def _count(number: int | None) -> str:
    return "" if number is None else str(number)
