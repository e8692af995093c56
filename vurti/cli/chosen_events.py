"""Which events of a log are shown, of one scope or of all."""

from collections import deque
from collections.abc import Iterator, Mapping
from itertools import chain, islice

import click

from vurti.clock.plain import PlainTime
from vurti.errors import Forgotten
from vurti.events import Event
from vurti.model.commit import Logged
from vurti.repository import AllReader, Entry, Reader

PAGE = 500
SHOWN = 50
LOOK_SECS = 0.5
"""How often one looks for what another process commits."""


class Wanted:
    """The events that are asked for."""

    def __init__(self, vm: str | None, host: str | None, kinds: tuple[str, ...]) -> None:
        self.thing = vm or host
        self._vm, self._host, self._kinds = vm, host, kinds

    def __call__(self, event: Event) -> bool:
        return (
            (self._vm is None or event.thing == self._vm)
            and (self._host is None or self._host in (event.thing, event.host))
            and (not self._kinds or event.kind in self._kinds)
        )


class Chosen:
    """Of the log of one scope."""

    def __init__(self, reader: Reader, wanted: Wanted) -> None:
        self._reader, self._wanted = reader, wanted

    def shown(
        self, since: int | None, snapshot: bool, limit: int | None, follow: bool
    ) -> Iterator[Logged]:
        """What the command shows."""
        if since is not None:
            return islice(self.after(since, follow, snapshot), limit)
        return islice(self.all(follow), limit) if snapshot else self.last(limit, follow)

    def last(self, limit: int | None, follow: bool) -> Iterator[Logged]:
        """So many of those that are there now, and with `follow` what comes after them."""
        first, last = self._reader.log_bounds()
        there = (one for one in self._there(max(0, first - 1)) if one.cursor <= last)
        shown = deque(there, maxlen=limit or SHOWN)
        return chain(shown, self._from(last, True) if follow else ())

    def after(self, cursor: int, follow: bool, snapshot: bool) -> Iterator[Logged]:
        """Those behind the cursor. What the log no longer has is told of, not passed over."""
        first, last = self._reader.log_bounds()
        if first <= cursor + 1 and cursor <= last:
            return self._from(cursor, follow)
        click.echo(str(Forgotten(cursor, first, last)), err=True)
        if snapshot:
            return self.all(follow)
        click.echo("--snapshot shows how everything stands, and goes on from there", err=True)
        return self._from(min(max(cursor, first - 1), last), follow)

    def all(self, follow: bool) -> Iterator[Logged]:
        """How everything stands, and with `follow` what comes after that."""
        standing = self._reader.snapshot()
        known = (Logged(standing.cursor, standing.at, event) for event in standing.events())
        return chain(self._filtered(known), self._from(standing.cursor, follow))

    def _from(self, after: int, follow: bool) -> Iterator[Logged]:
        return self._filtered(self._reader.follow(after)) if follow else self._there(after)

    def _there(self, after: int) -> Iterator[Logged]:
        while True:
            page = self._reader.log(after, PAGE, self._wanted.thing)
            yield from self._filtered(iter(page))
            if len(page) < PAGE:
                return
            after = page[-1].cursor

    def _filtered(self, all_: Iterator[Logged]) -> Iterator[Logged]:
        return (one for one in all_ if self._wanted(one.event))


class ChosenOfAll:
    """Of the logs of all scopes: per VM and host in the order in which it happened."""

    def __init__(self, reader: AllReader, wanted: Wanted) -> None:
        self._reader, self._wanted = reader, wanted

    def shown(
        self,
        since: Mapping[str, int] | None,
        snapshot: bool,
        limit: int | None,
        follow: bool,
    ) -> Iterator[Entry]:
        """What the command shows."""
        if since is None and not snapshot:
            return self._last(limit, follow)
        bounds = self._reader.logs().bounds()
        gone = [] if since is None else _forgotten(since, bounds)
        for told in gone:
            click.echo(told, err=True)
        if since is None or (gone and snapshot):
            return islice(self._standing(follow), limit)
        if gone:
            click.echo("--snapshot shows how everything stands, and goes on from there", err=True)
        return islice(self._filtered(self._from(since, follow)), limit)

    def _last(self, limit: int | None, follow: bool) -> Iterator[Entry]:
        logs = self._reader.logs()
        shown = deque(self._filtered(logs.all()), maxlen=limit or SHOWN)
        return chain(shown, self._filtered(self._from(logs.cursors, True)) if follow else ())

    def _standing(self, follow: bool) -> Iterator[Entry]:
        cursors: dict[str, int] = {}
        for standing in self._reader.snapshots():
            cursors[standing.scope] = standing.cursor
            for event in filter(self._wanted, standing.events()):
                yield Entry(standing.scope, Logged(standing.cursor, standing.at, event))
        yield from self._filtered(self._from(cursors, follow))

    def _from(self, cursors: Mapping[str, int], follow: bool) -> Iterator[Entry]:
        logs, time = self._reader.logs(cursors), PlainTime()
        yield from logs.all()
        while follow:
            time.signal().wait(time.now() + LOOK_SECS)
            yield from logs.all()

    def _filtered(self, all_: Iterator[Entry]) -> Iterator[Entry]:
        return (one for one in all_ if self._wanted(one.logged.event))


def _forgotten(since: Mapping[str, int], bounds: Mapping[str, tuple[int, int]]) -> list[str]:
    """What a log no longer has, or does not have yet, is told of, not passed over."""
    return [
        f"scope {scope}: {Forgotten(cursor, *bounds[scope])}"
        for scope, cursor in since.items()
        if not (bounds[scope][0] <= cursor + 1 and cursor <= bounds[scope][1])
    ]
