"""`vurti maintenance`: say that you take a host away, and that you give it back."""

import sys
import time
from typing import TYPE_CHECKING

import click

from vurti.cli.announcing import CANCEL_SECS
from vurti.cli.duration import Duration
from vurti.cli.expect import WAIT_SECS
from vurti.cli.listing import AS_JSON
from vurti.cli.opening import FOUND_BAD, opened
from vurti.cli.source import Asking, Source, asking

if TYPE_CHECKING:  # loaded when the command runs, not when the help is shown
    from vurti.cli.opening import Opened
    from vurti.model import Awaited, Expect, Expectation, Vds
    from vurti.repository import Records

HOURS_SECS = 7200.0


@click.command(cls=Asking)
@asking
@click.argument("host", required=False)
@click.option("--for", "secs", type=Duration(), help="How long you need it, such as 2h (default).")
@click.option("--why", default="", help="For those who read it later.")
@click.option("--end", is_flag=True, help="You give it back, or do not take it after all.")
@click.option("--list", "listing", is_flag=True, help="List the hosts that are taken away.")
@click.option("--wait", "wait_secs", type=Duration(), default=WAIT_SECS, show_default=True,
              help="How long to wait until a running vurti has taken it in.")  # fmt: skip
@AS_JSON
def maintenance(
    source: Source,
    host: str | None,
    secs: float | None,
    why: str,
    end: bool,
    listing: bool,
    wait_secs: float,
    as_json: bool,
) -> None:
    """Announce to the vurti of CONFIG that you take HOST into maintenance, so that what follows is
    judged as your doing. vurti itself changes nothing on it: it expects its VMs to leave, and then
    watches it no more until you give it back with --end.

    Exit status 2 where no such host is known, 1 where it is refused, or no vurti runs: it then
    waits for one to start.
    """
    if (host is None) != listing or (listing and (end or secs or why)) or (end and secs):
        raise click.UsageError("say a HOST, with --for or --end; or --list")
    from vurti.cli.finding import host_named

    with opened(source) as asked:
        if host is None:
            _list(asked.reader, as_json)
            return
        vds = host_named(asked.reader, host).value
        if end:
            _end(asked, vds, why, wait_secs)
        else:
            _begin(asked, vds, why, HOURS_SECS if secs is None else secs, wait_secs)


def _begin(asked: "Opened", vds: "Vds", why: str, secs: float, wait_secs: float) -> None:
    from vurti.model import Awaited, VdsStatus

    if vds.status is VdsStatus.MAINTENANCE:
        from vurti.errors import Refused
        from vurti.wire.words import printable

        raise Refused(f"{printable(vds.id)} is in maintenance already; --end gives it back")
    given = _expect(Awaited.MAINTENANCE, vds.id, why, secs)
    one = asked.announce(given, keep_secs=secs, wait_secs=wait_secs)
    _tell(one)


def _end(asked: "Opened", vds: "Vds", why: str, wait_secs: float) -> None:
    """What is on its way is called off; a host that is there already is to be activated."""
    from vurti.decide.promises.announced import USUAL_SECS
    from vurti.model import Awaited, Cancel, Outcome, VdsStatus
    from vurti.repository.maintenances import announced

    last = announced(asked.reader, vds.id).get(vds.id)
    given: Cancel | Expect
    if last is not None and last.outcome is Outcome.OPEN:
        given, keep_secs = Cancel(last.id), CANCEL_SECS
    elif vds.status in (VdsStatus.MAINTENANCE, VdsStatus.PREPARING_FOR_MAINTENANCE):
        keep_secs = USUAL_SECS[Awaited.ACTIVATE]
        given = _expect(Awaited.ACTIVATE, vds.id, why, keep_secs)
    else:
        from vurti.errors import Refused
        from vurti.wire.words import printable

        raise Refused(f"{printable(vds.id)} is not in maintenance, it is {vds.status}")
    _tell(asked.announce(given, keep_secs=keep_secs, wait_secs=wait_secs))


def _expect(kind: "Awaited", host: str, why: str, secs: float) -> "Expect":
    from vurti.model import Expect
    from vurti.repository.announcer import new_id

    return Expect(new_id(), kind, host, why=why, secs=secs, announced_at=time.time())


def _tell(one: "Expectation") -> None:
    from vurti.cli.maintained import note
    from vurti.model import Outcome
    from vurti.wire.words import printable

    ended = "announced" if one.outcome is Outcome.OPEN else str(one.outcome)
    rule = f" ({one.rule})" if one.rule else ""
    until = "" if one.outcome is Outcome.CANCELLED else f", {note(one, time.time())}"
    click.echo(printable(f"{one.id}: {one.kind} of {one.thing} {ended}{rule}{until}"))
    if one.outcome in (Outcome.FAILED, Outcome.EXPIRED):
        sys.exit(FOUND_BAD)


def _list(reader: "Records", as_json: bool) -> None:
    from vurti.cli import tables
    from vurti.cli.maintained import note
    from vurti.repository.maintenances import announced, in_force
    from vurti.wire.ndjson import inert_json

    now, rows = time.time(), []
    for host, last in announced(reader).items():
        record = reader.vdss.get(host)
        one = in_force(record.value, last) if record is not None else None
        if record is None or one is None:
            continue
        if as_json:
            click.echo(inert_json(one))
        status = tables.status(record.value.status)
        rows.append((host, status, tables.ago(one.announced_at, now), note(one, now)))
    if not as_json:
        tables.show(("HOST", "STATUS", "ANNOUNCED", "MAINTENANCE"), rows)
