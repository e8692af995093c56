"""`vurti explain`: why a VM or host is in the state that it is in, from the store alone."""

import time
from typing import TYPE_CHECKING

import click

from vurti.cli.finding import host_named, vm_named
from vurti.cli.opening import opened
from vurti.cli.source import Asking, Source, asking

if TYPE_CHECKING:
    from vurti.repository.found import Found

EVENTS_SHOWN = 8

EVENTS = click.option(
    "--events", "events", type=click.IntRange(min=0), default=EVENTS_SHOWN, show_default=True,
    help="So many of its last events.",
)  # fmt: skip
AS_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object.")


@click.command(cls=Asking)
@asking
@click.argument("kind", type=click.Choice(["vm", "host"]))
@click.argument("which", metavar="ID")
@EVENTS
@AS_JSON
def explain(source: Source, kind: str, which: str, events: int, as_json: bool) -> None:
    """Tell why a VM or host is as it is: the rule that decided, the answers that it rests on, what
    was rejected, and what is waited for. ID is an id, or the name of a VM.

    What lies behind a state is stored at the rate of statistics, so it may come some seconds after
    the state itself.
    """
    from vurti.cli import explain_page
    from vurti.repository.found import find

    with opened(source) as asked:
        named = vm_named if kind == "vm" else host_named
        record = named(asked.reader, which)
        found = find(asked.reader, record, events, time.time(), asked.stale_secs)
    click.echo(_json(found) if as_json else explain_page.page(found))


def _json(found: "Found") -> str:
    from vurti.repository.found import fields
    from vurti.wire.ndjson import inert_json

    return inert_json(fields(found))
