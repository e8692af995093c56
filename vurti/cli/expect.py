"""`vurti expect`: say what you are about to do, so that what follows is judged as your doing."""

import sys
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

import click

from vurti.cli.announcing import clock
from vurti.cli.duration import Duration
from vurti.cli.listing import AS_JSON, LIMIT, PAGE
from vurti.cli.opening import FOUND_BAD, opened
from vurti.cli.source import Asking, Source, asking

if TYPE_CHECKING:  # loaded when the command runs, not when the help is shown
    from vurti.model import Awaited, Expect, Expectation
    from vurti.repository import Records

WAIT_SECS = 10.0


@click.command(cls=Asking)
@asking
@click.argument("kind", required=False)
@click.argument("thing", required=False, metavar="[VM|HOST]")
@click.option("--host", help="Where the VM is started or migrated to.")
@click.option("--job", help="The id of the job, for the kind job.")
@click.option("--for", "secs", type=Duration(), help="How long at most, such as 10m.")
@click.option("--why", default="", help="For those who read it later.")
@click.option("--cancel", metavar="ID", help="Wait for this one no more.")
@click.option("--list", "listing", is_flag=True, help="List what is waited for.")
@click.option("--all", "ended", is_flag=True, help="With --list: also what has ended.")
@click.option("--wait", "wait_secs", type=Duration(), default=WAIT_SECS, show_default=True,
              help="How long to wait until a running vurti has taken it in.")  # fmt: skip
@LIMIT
@AS_JSON
def expect(
    source: Source,
    kind: str | None,
    thing: str | None,
    host: str | None,
    job: str | None,
    secs: float | None,
    why: str,
    cancel: str | None,
    listing: bool,
    ended: bool,
    wait_secs: float,
    limit: int | None,
    as_json: bool,
) -> None:
    """Announce to the vurti of CONFIG what you are about to do to a VM or host.

    KIND is start, shut_down, power_off, reboot, cold_reboot, suspend, migrate or job, of a VM (its
    id, or its name); or maintenance, host_reboot or activate, of a host. Prints the id of the
    expectation once it is stored. Exit status 1 where it is refused, has failed already, or no
    vurti runs: it then waits for one to start.
    """
    if (kind is None) == (cancel is None and not listing) or (cancel is not None and listing):
        raise click.UsageError("say a KIND and what it is about, or --list, or --cancel ID")
    awaited = None if kind is None else _awaited(kind)
    if awaited is not None and thing is None:
        raise click.UsageError("say the VM or host that it is about")
    from vurti.model import Cancel, Outcome

    with opened(source) as asked:
        if listing:
            _list(islice(_all(asked.reader, ended), limit), as_json)
        elif cancel is not None:
            _tell(asked.announce(Cancel(cancel), keep_secs=None, wait_secs=wait_secs), *Outcome)
        elif awaited is not None and thing is not None:
            given = _given(asked.reader, awaited, thing, host, job, why, secs)
            _tell(asked.announce(given, keep_secs=secs, wait_secs=wait_secs), "met", "open")


def _awaited(kind: str) -> "Awaited":
    from vurti.model import Awaited

    try:
        return Awaited(kind.replace("-", "_").lower())
    except ValueError:
        known = ", ".join(Awaited)
        raise click.UsageError(f"{kind!r} cannot be announced; there are {known}") from None


def _given(
    reader: "Records",
    kind: "Awaited",
    thing: str,
    host: str | None,
    job: str | None,
    why: str,
    secs: float | None,
) -> "Expect":
    import time

    from vurti.model import OF_HOSTS, Expect
    from vurti.repository.announcer import new_id

    about = thing if kind in OF_HOSTS else _vm(reader, thing)
    return Expect(new_id(), kind, about, host, job, why, secs, time.time())


def _vm(reader: "Records", named: str) -> str:
    """The id of the VM of that id or name; what nobody knows is for vurti to refuse."""
    vms = reader.vdss.vms
    if vms.get(named) is not None:
        return named
    found = [one.value.id for one in vms.list(name=named, limit=2)]
    if len(found) > 1:
        raise click.UsageError(f"several VMs are called {named!r}: say the id of one")
    return found[0] if found else named


def _tell(one: "Expectation", *good: str) -> None:
    from vurti.wire.words import printable

    words = f"{one.id}: {one.kind} of {one.thing}"
    until = f"waited for until {clock(one.expires_at)}"
    how = until if one.ended_at is None else f"{one.outcome} ({one.rule})"
    click.echo(printable(f"{words}, {how}"))
    if one.outcome not in good:
        sys.exit(FOUND_BAD)


def _all(reader: "Records", ended: bool) -> "Iterator[Expectation]":
    after: str | None = None
    while True:
        page = reader.expectations.list(ended=ended, after=after, limit=PAGE)
        yield from page
        if len(page) < PAGE:
            return
        after = page[-1].id


def _list(found: "Iterator[Expectation]", as_json: bool) -> None:
    if not as_json:
        _table(found)
        return
    from vurti.wire.ndjson import inert_json

    for one in found:
        click.echo(inert_json(one))


def _table(found: "Iterator[Expectation]") -> None:
    import time

    from vurti.cli import tables

    now = time.time()
    tables.show(
        ("ID", "KIND", "OF", "HOST", "SINCE", "UNTIL", "OUTCOME", "WHY"),
        (
            (
                one.id,
                one.kind,
                one.thing,
                one.host or "",
                tables.ago(one.announced_at, now),
                clock(one.expires_at),
                one.outcome,
                one.why,
            )
            for one in found
        ),
    )
