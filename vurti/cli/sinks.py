"""`vurti sinks`: how far each sink is, what its receiver could not read, and another try."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vurti.cli.listing import AS_JSON
from vurti.cli.opening import CONFIG, USED_WRONGLY, in_store

if TYPE_CHECKING:  # loaded when the command runs, not when the help is shown
    from vurti.config import Config
    from vurti.model.bookmark import Bookmark
    from vurti.repository import Reader

LETTERS_MAX = 10_000


@click.command()
@CONFIG
@click.option("--retry", metavar="NAME", help="Let this one try again now, dead letters as well.")
@click.option("--dead", metavar="NAME", help="Show what the receiver of this one could not read.")
@AS_JSON
def sinks(config: Path, retry: str | None, dead: str | None, as_json: bool) -> None:
    """List the sinks of CONFIG: how far each is behind the log, and what became of the rest.

    BEHIND counts events of the log that are not dealt with, or are held by the sink's stream; LAG
    is how long ago the oldest of them was stored. DEAD are those that the receiver could not read,
    LOST those that the log forgot before they were told.
    """
    with in_store(config) as (settings, store):
        known = [(reader, one) for reader in store.followed() for one in reader.bookmarks()]
        for name in (retry, dead):
            if name is not None and name not in (one.name for _, one in known):
                raise _unknown(name, {one.name for _, one in known})
        if retry is not None:
            _ask(settings, retry, [reader.scope for reader, one in known if one.name == retry])
        elif dead is not None:
            _show_dead([reader for reader, one in known if one.name == dead], dead, as_json)
        else:
            _show(known, as_json)


def _ask(settings: "Config", name: str, scopes: list[str]) -> None:
    from vurti.repository import open_for_announcing

    for scope in scopes:
        with open_for_announcing(settings.repository.url, scope) as announcer:
            announcer.ask_to_retry(name)
    click.echo(f"{name} tries again within seconds, if vurti runs; else at its next start")


def _unknown(name: str, known: set[str]) -> SystemExit:
    from vurti.settings import way_out
    from vurti.wire.words import printable

    hint = way_out(name, known) if known else "no sink has run yet"
    click.echo(f"vurti: there is no sink {printable(name)} ({hint})", err=True)
    return SystemExit(USED_WRONGLY)


def _show(known: "list[tuple[Reader, Bookmark]]", as_json: bool) -> None:
    rows = [_figures(reader, one) for reader, one in known]
    if as_json:
        from vurti.wire.ndjson import inert_json

        for row in rows:
            click.echo(inert_json(row))
        return
    from vurti.cli import tables

    now = time.time()
    columns = (
        "SINK",
        "SCOPE",
        "KIND",
        "FROM",
        "CURSOR",
        "BEHIND",
        "LAG",
        "SENT",
        "RETRIES",
        "DROPPED",
    )
    tables.show((*columns, "DEAD", "LOST", "STATE"), (tuple(_cells(row, now)) for row in rows))


def _figures(reader: "Reader", one: "Bookmark") -> dict[str, Any]:
    """All that is told of a sink; times are seconds since 1970."""
    behind, lag = _behind(reader, one)
    letters = reader.dead_letter_counts().get(one.name, 0)
    figures = {name: getattr(one, name) for name in _TOLD}
    return {
        **figures,
        "scope": reader.scope,
        "behind": behind,
        "lag_secs": lag,
        "dead_letters": letters,
    }


_TOLD = (
    "name", "kind", "stream", "cursor", "updated_at", "sent", "retries", "dropped", "dead", "lost",
    "failing_since", "failure", "gone_at",
)  # fmt: skip


def _behind(reader: "Reader", one: "Bookmark") -> tuple[int, float]:
    if one.stream == "intents":
        behind = max(0, reader.commits() - one.cursor)
        return (behind, 0.0) if one.failing_since is not None else (0, 0.0)
    _, last = reader.log_bounds()
    next_ = reader.log(one.cursor, 1)
    lag = max(0.0, time.time() - next_[0].committed_at) if next_ else 0.0
    return max(0, last - one.cursor), round(lag, 3)


def _cells(row: dict[str, Any], now: float) -> Iterator[Any]:
    from vurti.cli import tables

    yield from (row[name] for name in ("name", "scope", "kind", "stream"))
    yield from (str(row[name]) for name in ("cursor", "behind"))
    yield f"{row['lag_secs']:.0f} s"
    yield from (str(row[name]) for name in ("sent", "retries", "dropped", "dead_letters", "lost"))
    if row["gone_at"] is not None:
        yield f"not configured since {tables.ago(row['gone_at'], now)}"
    elif row["failing_since"] is not None:
        yield f"fails since {tables.ago(row['failing_since'], now)}: {row['failure']}"
    else:
        yield "well"


def _show_dead(readers: "list[Reader]", name: str, as_json: bool) -> None:
    letters = [one for reader in readers for one in reader.dead_letters(name, LETTERS_MAX)]
    if as_json:
        from vurti.wire.ndjson import inert_json

        for one in letters:
            click.echo(inert_json(one))
        return
    from vurti.cli import tables

    now = time.time()
    tables.show(
        ("CURSOR", "ID", "REFUSED", "TRIES", "REASON"),
        (
            (str(one.cursor), one.id, tables.ago(one.refused_at, now), str(one.tries), one.reason)
            for one in letters
        ),
    )
    if not letters:
        click.echo("no dead letters", err=True)
