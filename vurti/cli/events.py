"""`vurti events`: the log, from a cursor on."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import chain, islice
from typing import TYPE_CHECKING

import click

from vurti.cli.listing import AS_JSON
from vurti.cli.opening import opened
from vurti.cli.source import Asking, Source, asking
from vurti.errors import Forgotten

if TYPE_CHECKING:
    from vurti.model.commit import Logged
    from vurti.repository import Reader

PAGE = 500
SHOWN = 50


@click.command(cls=Asking)
@asking
@click.option("--vm", help="Only events of this VM, by its id.")
@click.option("--host", help="Only events of this host, by its id.")
@click.option("--kind", "kinds", multiple=True, help="Only of this kind, such as VmMigrated.")
@click.option("--since", type=click.IntRange(min=0), metavar="CURSOR", help="What came after it.")
@click.option("--snapshot", is_flag=True, help="First how everything stands, then what came after.")
@click.option("--limit", type=click.IntRange(min=1), help="So many at most.")
@click.option("--follow", is_flag=True, help="Go on with what is committed from now on.")
@AS_JSON
def events(
    source: Source,
    vm: str | None,
    host: str | None,
    kinds: tuple[str, ...],
    since: int | None,
    snapshot: bool,
    limit: int | None,
    follow: bool,
    as_json: bool,
) -> None:
    """Show the committed events in the store of CONFIG; the first column is the cursor.

    Without --since the last 50, or --limit; with it all after that cursor, or so many. --snapshot
    begins with a line for each host and VM that there is now (VdsKnown, VmKnown); with --since only
    where the log has forgotten what came after that cursor.
    """
    # Ctrl-C is how following ends, so it is no failure.
    with suppress(KeyboardInterrupt), opened(source) as asked:
        chosen = _Chosen(asked.reader, vm, host, kinds)
        for logged in chosen.shown(since, snapshot, limit, follow):
            click.echo(_json(logged, asked.cluster_of) if as_json else _text(logged))


class _Chosen:
    """The events of a log that are asked for."""

    def __init__(
        self, reader: "Reader", vm: str | None, host: str | None, kinds: tuple[str, ...]
    ) -> None:
        self._reader, self._vm, self._host, self._kinds = reader, vm, host, kinds

    def shown(
        self, since: int | None, snapshot: bool, limit: int | None, follow: bool
    ) -> Iterator["Logged"]:
        """What the command shows."""
        if since is not None:
            return islice(self.after(since, follow, snapshot), limit)
        return islice(self.all(follow), limit) if snapshot else self.last(limit, follow)

    def last(self, limit: int | None, follow: bool) -> Iterator["Logged"]:
        """So many of those that are there now, and with `follow` what comes after them."""
        first, last = self._reader.log_bounds()
        there = (one for one in self._there(max(0, first - 1)) if one.cursor <= last)
        shown = deque(there, maxlen=limit or SHOWN)
        return chain(shown, self._from(last, True) if follow else ())

    def after(self, cursor: int, follow: bool, snapshot: bool) -> Iterator["Logged"]:
        """Those behind the cursor. What the log no longer has is told of, not passed over."""
        first, last = self._reader.log_bounds()
        if first <= cursor + 1 and cursor <= last:
            return self._from(cursor, follow)
        click.echo(str(Forgotten(cursor, first, last)), err=True)
        if snapshot:
            return self.all(follow)
        click.echo("--snapshot shows how everything stands, and goes on from there", err=True)
        return self._from(min(max(cursor, first - 1), last), follow)

    def all(self, follow: bool) -> Iterator["Logged"]:
        """How everything stands, and with `follow` what comes after that."""
        from vurti.model.commit import Logged

        standing = self._reader.snapshot()
        known = (Logged(standing.cursor, standing.at, event) for event in standing.events())
        return chain(filter(self._wanted, known), self._from(standing.cursor, follow))

    def _from(self, after: int, follow: bool) -> Iterator["Logged"]:
        return filter(self._wanted, self._reader.follow(after)) if follow else self._there(after)

    def _there(self, after: int) -> Iterator["Logged"]:
        while True:
            page = self._reader.log(after, PAGE, self._vm or self._host)
            yield from filter(self._wanted, page)
            if len(page) < PAGE:
                return
            after = page[-1].cursor

    def _wanted(self, logged: "Logged") -> bool:
        event = logged.event
        return (
            (self._vm is None or event.thing == self._vm)
            and (self._host is None or self._host in (event.thing, event.host))
            and (not self._kinds or event.kind in self._kinds)
        )


def _json(logged: "Logged", cluster_of: Callable[[str], str]) -> str:
    """The NDJSON of the event, and before it the cursor to go on from."""
    from vurti.wire.ndjson import line

    text = line(logged.event, logged.committed_at, cluster_of(logged.event.host or ""))
    return f'{{"cursor":{logged.cursor},{text[1:]}'


def _text(logged: "Logged") -> str:
    from vurti.wire import words

    at = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(logged.event.observed_at))
    return f"{logged.cursor:>8}  {at}  {words.line(logged.event)}"
