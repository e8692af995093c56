"""`vurti intents`: what a manager should do, as it is stored."""

import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vurti.cli.listing import AS_JSON, LIMIT, PAGE
from vurti.cli.opening import CONFIG, in_store

if TYPE_CHECKING:  # loaded when the command runs, not when the help is shown
    from vurti.model import Intent
    from vurti.repository import AllReader


@click.command()
@CONFIG
@click.option("--kind", help="Only of this kind, such as restart_vm.")
@click.option("--about", metavar="ID", help="Only about this VM or host.")
@click.option("--all", "ended", is_flag=True, help="Also those that are withdrawn or expired.")
@LIMIT
@AS_JSON
def intents(
    config: Path,
    kind: str | None,
    about: str | None,
    ended: bool,
    limit: int | None,
    as_json: bool,
) -> None:
    """List what a manager should do by the store of CONFIG, in the order in which it was raised.

    vurti itself does nothing of it. Kinds are switched on by `[rules] intents`.
    """
    with in_store(config) as (_, reader):
        found = islice(_paged(reader, kind, about, ended), limit)
        if as_json:
            from vurti.wire.ndjson import inert_json

            for one in found:
                click.echo(inert_json(one))
        else:
            _table(list(found))


def _paged(
    reader: "AllReader", kind: str | None, about: str | None, ended: bool
) -> "Iterator[Intent]":
    after: str | None = None
    while True:
        page: Sequence[Intent] = reader.intents.list(
            ended=ended, thing=about, kind=kind, after=after, limit=PAGE
        )
        yield from page
        if len(page) < PAGE:
            return
        after = page[-1].id


def _table(found: "list[Intent]") -> None:
    from vurti.cli import tables

    now = time.time()
    tables.show(
        ("INTENT", "ACT", "ABOUT", "HOST", "RAISED", "VALID", "STATE", "REASON"),
        (
            (
                one.id,
                str(one.kind),
                one.thing,
                one.host or "",
                tables.ago(one.raised_at, now),
                tables.ahead(one.valid_until, now),
                str(one.state),
                one.reason,
            )
            for one in found
        ),
    )
