"""`vurti explain`: why a VM or host is in the state that it is in, from the store alone."""

import time
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vurti.cli.listing import PAGE, paged, stale_secs
from vurti.cli.opening import CONFIG, USED_WRONGLY, opened

if TYPE_CHECKING:
    from vurti.model.commit import Logged
    from vurti.repository import Reader, VdsRecord, VmRecord

EVENTS_SHOWN = 8
NAMES_SHOWN = 3

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
        record = _vm(reader, which) if kind == "vm" else _host(reader, which)
        thing = record.value.id
        found = explained.Found(
            record=record,
            explanation=reader.explanations.get(thing),
            expectations=reader.expectations.list(thing=thing),
            intents=reader.intents.list(thing=thing),
            events=_last(reader, thing, kind, events),
            host=_host_of(reader, record),
            now=time.time(),
            stale_secs=stale_secs(settings),
        )
    click.echo(explained.json_line(found) if as_json else explain_page.page(found))


def _vm(reader: "Reader", which: str) -> "VmRecord":
    """By its id, else by its name. Exits where there is none, or more than one."""
    vms = reader.vdss.vms
    if (record := vms.get(which)) is not None:
        return record
    named = vms.list(name=which, limit=PAGE)
    if len(named) == 1:
        return named[0]
    if named:
        ids = [one.value.id for one in named]
        more = ", …" if len(ids) > 2 * NAMES_SHOWN else ""
        raise _refused(
            f"{len(ids)} VMs are called {which}: {', '.join(ids[: 2 * NAMES_SHOWN])}{more}"
        )
    every = paged(lambda after, limit: vms.list(after=after, limit=limit), None)
    raise _unknown("VM", which, {text for one in every for text in (one.value.id, one.value.name)})


def _host(reader: "Reader", which: str) -> "VdsRecord":
    if (record := reader.vdss.get(which)) is not None:
        return record
    every = paged(lambda after, limit: reader.vdss.list(after=after, limit=limit), None)
    raise _unknown("host", which, {one.value.id for one in every})


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


def _unknown(noun: str, which: str, names: set[str]) -> SystemExit:
    from difflib import get_close_matches

    spelled = {name.casefold(): name for name in names if name}
    near = get_close_matches(which.casefold(), spelled, n=NAMES_SHOWN, cutoff=0.5)
    hint = f" (did you mean {', '.join(spelled[one] for one in near)}?)" if near else ""
    return _refused(f"there is no {noun} {which}{hint}")


def _refused(words: str) -> SystemExit:
    """To be raised: the words are out."""
    from vurti.wire.words import printable

    click.echo(f"vurti: {printable(words)}", err=True)
    return SystemExit(USED_WRONGLY)
