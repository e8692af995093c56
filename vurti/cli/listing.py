"""Listing records: page by page as JSON lines, or so many as a table."""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import click

if TYPE_CHECKING:
    from vurti.wire.record import Recorded

PAGE = 1000

AS_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
LIMIT = click.option(
    "--limit", type=click.IntRange(min=1), help=f"So many at most (a table: {PAGE})."
)


class Listed(Protocol):
    """A record with an id to go on from."""

    @property
    def value(self) -> Any: ...


One = TypeVar("One", bound=Listed)


def paged(ask: Callable[[str | None, int], Sequence[One]], limit: int | None) -> Iterator[One]:
    """All that `ask(after, limit)` has, at most `limit`, in short questions."""
    after: str | None = None
    left = limit
    while left is None or left > 0:
        page = ask(after, PAGE if left is None else min(PAGE, left))
        yield from page
        if len(page) < PAGE:
            return
        after = page[-1].value.id
        left = None if left is None else left - len(page)


def for_table(
    ask: Callable[[str | None, int], Sequence[One]], limit: int | None
) -> tuple[list[One], bool]:
    """As many as fit, and whether there are more."""
    shown = limit or PAGE
    found = list(paged(ask, shown + 1))
    return found[:shown], len(found) > shown


def tell_of_more(shown: int, more: bool) -> None:
    """Nothing is left out silently."""
    if more:
        click.echo(f"… the first {shown}; --limit shows more, --json all", err=True)


def json_line(record: "Recorded", now: float, stale: bool, **more: object) -> str:
    """A record as one JSON object with what is to be told besides; times are seconds since 1970."""

    from vurti.wire.ndjson import inert_json
    from vurti.wire.record import fields

    heard_at = record.heard_at
    age_secs = None if heard_at is None else round(max(0.0, now - heard_at), 3)
    told = {**fields(record), "age_secs": age_secs, "stale": stale, **more}
    return inert_json(told)
