"""`vurti events`: the log, from a cursor on."""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn, cast

import click

from vurti.cli.listing import AS_JSON
from vurti.cli.opening import USED_WRONGLY, opened
from vurti.cli.source import Asking, Source, asking

if TYPE_CHECKING:
    from vurti.cli.chosen_events import Wanted
    from vurti.cli.remote import RemoteReader
    from vurti.model.commit import Logged
    from vurti.repository import AllReader, Entry, Reader, Records


@click.command(cls=Asking)
@asking
@click.option("--vm", help="Only events of this VM, by its id.")
@click.option("--host", help="Only events of this host, by its id.")
@click.option("--kind", "kinds", multiple=True, help="Only of this kind, such as VmMigrated.")
@click.option("--since", metavar="CURSOR", help="What came after it.")
@click.option("--scope", help="Only events of this scope, by its own cursors.")
@click.option("--snapshot", is_flag=True, help="First how everything stands, then what came after.")
@click.option("--limit", type=click.IntRange(min=1), help="So many at most.")
@click.option("--follow", is_flag=True, help="Go on with what is committed from now on.")
@AS_JSON
def events(
    source: Source,
    vm: str | None,
    host: str | None,
    kinds: tuple[str, ...],
    since: str | None,
    scope: str | None,
    snapshot: bool,
    limit: int | None,
    follow: bool,
    as_json: bool,
) -> None:
    """Show the committed events in the store of CONFIG; the first column is the cursor.

    Without --since the last 50, or --limit; with it all after that cursor, or so many. --snapshot
    begins with a line for each host and VM that there is now (VdsKnown, VmKnown); with --since only
    where the log has forgotten what came after that cursor.

    Where the store has several scopes each has cursors of its own: they are shown as SCOPE:CURSOR,
    and --since takes as many of these as there are scopes, with commas; of a scope that is not
    among them all is shown.
    """
    from vurti.cli.chosen_events import Wanted

    # Ctrl-C is how following ends, so it is no failure.
    with suppress(KeyboardInterrupt), opened(source) as asked:
        wanted, reader = Wanted(vm, host, kinds), asked.all
        scopes = list(reader.logs().bounds()) if reader is not None else []
        several = scope is None and len(scopes) > 1
        shown = (
            _shown(reader, scope, scopes, wanted, since, snapshot, limit, follow)
            if reader is not None
            else _remote(asked.reader, scope, wanted, since, snapshot, limit, follow)
        )
        for entry in shown:
            cluster_of = asked.cluster_of
            click.echo(_json(entry, cluster_of, several) if as_json else _text(entry, several))


def _remote(
    reader: "Records",
    scope: str | None,
    wanted: "Wanted",
    since: str | None,
    snapshot: bool,
    limit: int | None,
    follow: bool,
) -> Iterator["Entry"]:
    """A vurti that answers over HTTP tells of one log at a time."""
    from vurti.cli.chosen_events import Chosen
    from vurti.model.scope import SYSTEM
    from vurti.repository import Entry

    name = scope or SYSTEM
    cursor = None if since is None else _cursor(since, name)
    one = cast("RemoteReader", reader)
    log = cast("Reader", one if scope is None else one.of(scope))
    chosen = Chosen(log, wanted).shown(cursor, snapshot, limit, follow)
    return (Entry(name, logged) for logged in chosen)


def _shown(
    reader: "AllReader",
    scope: str | None,
    scopes: list[str],
    wanted: "Wanted",
    since: str | None,
    snapshot: bool,
    limit: int | None,
    follow: bool,
) -> Iterator["Entry"]:
    from vurti.cli.chosen_events import Chosen, ChosenOfAll
    from vurti.model.scope import SYSTEM
    from vurti.repository import Entry

    if scope is None and len(scopes) > 1:
        cursors = None if since is None else _cursors(since, scopes)
        return ChosenOfAll(reader, wanted).shown(cursors, snapshot, limit, follow)
    name = scope or next(iter(scopes), SYSTEM)
    if scope is not None and scope not in scopes:
        _refuse(f"there is no scope {scope} with events; there are {', '.join(scopes) or 'none'}")
    cursor = None if since is None else _cursor(since, name)
    chosen = Chosen(reader.of(name), wanted).shown(cursor, snapshot, limit, follow)
    return (Entry(name, logged) for logged in chosen)


def _cursor(text: str, scope: str) -> int:
    """Of the only scope: its number, or as it is written where there are several."""
    number = text.removeprefix(f"{scope}:")
    if not number.isdecimal():
        _refuse(f"--since {text}: a cursor is a number")
    return int(number)


def _cursors(text: str, scopes: list[str]) -> dict[str, int]:
    from vurti.repository import parsed_places

    try:
        cursors = parsed_places(text)
    except ValueError as error:
        _refuse(
            f"--since: {error}. The store has the scopes {', '.join(scopes)}, each with cursors of"
            " its own: say SCOPE:CURSOR,SCOPE:CURSOR, or choose one by --scope"
        )
    if unknown := [one for one in cursors if one not in scopes]:
        _refuse(f"--since: there is no scope {unknown[0]}; there are {', '.join(scopes)}")
    return cursors


def _refuse(words: str) -> NoReturn:
    from vurti.wire.words import printable

    click.echo(f"vurti: {printable(words)}", err=True)
    raise SystemExit(USED_WRONGLY)


def _json(entry: "Entry", cluster_of: Callable[[str], str], several: bool) -> str:
    """The NDJSON of the event, and before it the cursor to go on from."""
    import json

    from vurti.wire.ndjson import line

    one: Logged = entry.logged
    text = line(one.event, one.committed_at, cluster_of(one.event.host or ""))
    scope = f'"scope":{json.dumps(entry.scope)},' if several else ""
    return f'{{"cursor":{one.cursor},{scope}{text[1:]}'


def _text(entry: "Entry", several: bool) -> str:
    from vurti.wire import words

    event = entry.logged.event
    at = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(event.observed_at))
    place = words.printable(entry.place) if several else str(entry.logged.cursor)
    return f"{place:>8}  {at}  {words.line(event)}"
