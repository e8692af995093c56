"""`vurti explain`: why a VM or host is in the state that it is in, from the store alone."""

import time
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vurti.cli.finding import host_named, vm_named
from vurti.cli.listing import PAGE, stale_secs
from vurti.cli.opening import CONFIG, opened

if TYPE_CHECKING:
    from vurti.model import Expectation
    from vurti.model.commit import Logged
    from vurti.repository import Reader, VdsRecord, VmRecord

EVENTS_SHOWN = 8

EVENTS = click.option(
    "--events", "events", type=click.IntRange(min=0), default=EVENTS_SHOWN, show_default=True,
    help="So many of its last events.",
)  # fmt: skip
AS_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object.")


@click.command()
@CONFIG
@click.argument("kind", type=click.Choice(["vm", "host"]))
@click.argument("which", metavar="ID")
@EVENTS
@AS_JSON
def explain(config: Path, kind: str, which: str, events: int, as_json: bool) -> None:
    """Tell why a VM or host is as it is: the rule that decided, the answers that it rests on, what
    was rejected, and what is waited for. ID is an id, or the name of a VM.

    What lies behind a state is stored at the rate of statistics, so it may come some seconds after
    the state itself.
    """
    from vurti.cli import explain_page, explained

    with opened(config) as (settings, reader):
        record = vm_named(reader, which) if kind == "vm" else host_named(reader, which)
        thing = record.value.id
        found = explained.Found(
            record=record,
            explanation=reader.explanations.get(thing),
            expectations=_expectations(reader, record),
            intents=reader.intents.list(thing=thing),
            events=_last(reader, thing, kind, events),
            host=_host_of(reader, record),
            now=time.time(),
            stale_secs=stale_secs(settings),
        )
    click.echo(explained.json_line(found) if as_json else explain_page.page(found))


def _expectations(reader: "Reader", record: "VmRecord | VdsRecord") -> "list[Expectation]":
    """What is waited for; and the maintenance that a host is in, which has been met."""
    from vurti.cli.maintained import announced, in_force
    from vurti.model import Vds

    waited = list(reader.expectations.list(thing=record.value.id))
    if isinstance(record.value, Vds):
        one = in_force(record.value, announced(reader, record.value.id).get(record.value.id))
        if one is not None and one not in waited:
            waited.append(one)
    return waited


def _host_of(reader: "Reader", record: "VmRecord | VdsRecord") -> "VdsRecord | None":
    """The host that holds a VM."""
    held_by = getattr(record.value, "run_on", None)
    return reader.vdss.get(held_by) if held_by is not None else None


def _last(reader: "Reader", thing: str, kind: str, count: int) -> "list[Logged]":
    """The last events of the thing that the log still has, oldest first."""
    kept: deque[Logged] = deque(maxlen=count)
    page = reader.log(0, PAGE, thing) if count else []
    while page:
        kept.extend(one for one in page if one.event.kind.startswith(_KINDS[kind]))
        page = reader.log(page[-1].cursor, PAGE, thing) if len(page) == PAGE else []
    return list(kept)


_KINDS = {"vm": "Vm", "host": "Vds"}
