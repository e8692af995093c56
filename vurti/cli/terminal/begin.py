"""How everything stands when following begins, or where it goes on."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from vurti.cli.remote.client import Client
from vurti.cli.terminal.told import (
    HOST_FIELDS,
    MORE_FIELDS,
    VM_FIELDS,
    Ages,
    MorePage,
    Snapshot,
)
from vurti.model.scope import SYSTEM

PAGE = 1000

Cursors = dict[str, int]
"""How far the log of each scope was read."""


class Begun(NamedTuple):
    """Without snapshots what was known goes on."""

    version: str
    cursors: Cursors
    snapshots: list[Snapshot]
    ages: Ages


def begun(client: Client, cursors: Cursors) -> Begun:
    """Everything, or only where to go on if the logs still have all that came behind the cursors.
    Raises VurtiError."""
    about = client.get("about")
    bounds = scopes_of(client)
    snapshots: list[Snapshot] = []
    if not _go_on(cursors, bounds):
        snapshots = [_snapshot(client, scope) for scope in bounds]
        cursors = {scope: one.cursor for scope, one in zip(bounds, snapshots, strict=True)}
    return Begun(about["version"], cursors, snapshots, ages(client))


def scopes_of(client: Client) -> dict[str, tuple[int, int]]:
    """Each scope, and the first and last cursor of its log."""
    told: list[dict[str, Any]] = client.get("scopes")["items"]
    return {one["scope"]: (one["first"], one["last"]) for one in told} or {SYSTEM: (0, 0)}


def ages(client: Client) -> Ages:
    """How old what is known of each host is."""
    return client.get_as(Ages, "ages")


def more(client: Client) -> Iterator[MorePage]:
    """What else is told of the hosts."""
    after: str | None = None
    while True:
        page = client.get_as(MorePage, "hosts", fields=MORE_FIELDS, limit=PAGE, after=after)
        yield page
        if (after := page.next) is None:
            return


def _go_on(cursors: Cursors, bounds: dict[str, tuple[int, int]]) -> bool:
    """A log that ends before a cursor is another one: somebody has put back a copy."""
    return cursors.keys() == bounds.keys() and all(
        first - 1 <= cursors[scope] <= last for scope, (first, last) in bounds.items()
    )


def _snapshot(client: Client, scope: str) -> Snapshot:
    return client.get_as(
        Snapshot, "snapshot", scope=scope, host_fields=HOST_FIELDS, vm_fields=VM_FIELDS
    )
