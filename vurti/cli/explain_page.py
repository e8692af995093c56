"""What was found about one VM or host, for people: one look, from the state down to the log."""

import time
from collections.abc import Iterable, Iterator

from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from vurti.cli import tables
from vurti.decide.timers import awaiting
from vurti.events.promises import INTENTS
from vurti.model import Outcome, Vds
from vurti.model.commit import Logged
from vurti.model.explanation import Said
from vurti.repository.found import Found
from vurti.wire import words
from vurti.wire.words import printable

Cells = tuple[str | Text, ...]


def page(found: Found) -> str:
    """The whole page. Nothing in it that a guest or a host said can steer the terminal."""
    parts = [_head(found), _section("why", _why(found))]
    for title, rows in (
        ("before that", _said(found, found.others)),
        ("rejected", _said(found, found.rejected)),
        ("waiting", _waiting(found)),
        ("announced", _announced(found)),
        ("to be done", _wanted(found)),
        ("events", _events(found.events)),
    ):
        kept = list(rows)
        if kept:
            parts.append(_section(title, kept))
    return tables.rendered(Group(*parts))


def _head(found: Found) -> Group:
    value = found.record.value
    if isinstance(value, Vds):
        title = Text.assemble("host ", (printable(value.id), "bold"))
        state = tables.status(value.status, value.reason)
    else:
        named = value.name and value.name != value.id
        title = Text.assemble("VM ", (printable(value.name if named else value.id), "bold"))
        title.append(f"  {printable(value.id)}" if named else "", "dim")
        state = tables.status(value.status, *tables.why(value))
    since = found.record.observed_at
    line = Text.assemble(
        state, f"  since {_clock(since, found.now)}, {tables.ago(since, found.now)}"
    )
    return Group(title, *(Padding(one, (0, 0, 0, 2)) for one in (line, _voice(found))))


def _voice(found: Found) -> Text:
    """Who tells of it, and how old the last word is."""
    value = found.record.value
    heard = tables.heard(found.record.heard_at, found.now, found.stale_secs)
    if isinstance(value, Vds):
        return Text("last heard ").append_text(heard)
    if value.run_on is None:
        return Text("no host holds it")
    line = Text(f"on {printable(value.run_on)}")
    if found.host is not None:
        line.append(" (").append_text(tables.status(found.host.value.status)).append(")")
    if value.migrating_to:
        line.append(f", migrating to {printable(value.migrating_to)}")
    return line.append(", last heard ").append_text(heard)


def _why(found: Found) -> list[Cells]:
    said, cause = found.decided, found.cause
    about = said.about if said is not None else (cause.reason if cause is not None else "")
    lines: list[Cells] = [(_rule(found.record.rule, about),)]
    host = said.host if said is not None else (cause.host or "" if cause is not None else "")
    lines.append((_source(host, said, found),))
    return lines


def _source(host: str, said: Said | None, found: Found) -> Text:
    """On whose word, and when that was asked for and came."""
    at = _clock(found.record.observed_at, found.now)
    if not host:
        return Text(f"decided at {at}, on no host's word", "dim")
    told = f"on the word of {printable(host)}, decided at {at}"
    if said is None:
        return Text(f"{told}; the answer behind it is not stored, or not yet", "dim")
    if said.asked is None:  # a push and a timer are not told apart
        return Text(
            told if isinstance(found.record.value, Vds) else f"{told}, not asked for", "dim"
        )
    return Text(f"{told}, asked for {_secs(said.at - said.asked)} before", "dim")


def _said(found: Found, many: Iterable[Said]) -> Iterator[Cells]:
    """Repeats are stored at doubling counts only, so there may be more of them by now."""
    for one in many:
        what = _rule(one.rule, one.about)
        what.append(f"  ({one.times} times or more)" if one.times > 1 else "", "dim")
        yield Text(tables.ago(one.at, found.now), "dim"), Text(printable(one.host)), what


def _waiting(found: Found) -> Iterator[Cells]:
    for one in found.waiting:
        yield Text(tables.ahead(one.due, found.now), "dim"), awaiting(one.kind)


def _announced(found: Found) -> Iterator[Cells]:
    for one in found.expectations:
        text = Text.assemble((str(one.kind), "bold"))
        text.append(f" on {printable(one.host)}" if one.host else "")
        text.append(f" {printable(one.job)}" if one.job else "")
        text.append(f", announced {tables.ago(one.announced_at, found.now)}")
        text.append(f": {printable(one.why)}" if one.why else "")
        end = "expires" if one.outcome is Outcome.OPEN else "ends"  # a maintenance that has come
        yield Text(f"{end} {tables.ahead(one.expires_at, found.now)}", "dim"), text


def _wanted(found: Found) -> Iterator[Cells]:
    for one in found.intents:
        on = printable(one.host or "")
        text = Text.assemble((str(one.kind), "bold"), ": ")
        text.append(INTENTS[one.kind].words.replace("`host`", on)).append(": ")
        expires = Text(f"expires {tables.ahead(one.valid_until, found.now)}", "dim")
        yield expires, text.append_text(_rule(one.rule, one.reason))


def _events(logged: Iterable[Logged]) -> Iterator[Cells]:
    for one in logged:
        at = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(one.event.observed_at))
        yield Text(str(one.cursor), "dim"), Text(at, "dim"), Text(words.line(one.event))


def _rule(rule: str, about: str) -> Text:
    text = Text.assemble((printable(rule), "cyan"))
    return text.append(f"  {printable(about)}") if about else text


def _section(title: str, rows: Iterable[Cells]) -> Group:
    grid = Table.grid(padding=(0, 2, 0, 0))
    for row in rows:
        grid.add_row(*(cell if isinstance(cell, Text) else Text(printable(cell)) for cell in row))
    return Group(Text(), Text(title, "bold"), Padding(grid, (0, 0, 0, 2)))


def _clock(at: float, now: float) -> str:
    """The time of day, with the day where that is another."""
    then, today = time.localtime(at), time.localtime(now)
    day = "" if then[:3] == today[:3] else time.strftime("%Y-%m-%d ", then)
    return day + time.strftime("%H:%M:%S", then)


def _secs(secs: float) -> str:
    return f"{1000 * secs:.0f} ms" if secs < 1 else f"{secs:.1f} s"
