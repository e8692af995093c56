"""The first lines of every screen: is it live, how is the fleet, does vurti keep up."""

from collections import Counter
from collections.abc import Iterator

from rich.text import Text

from vurti.cli.terminal.drawn.cells import Cell, assembled, beside, fitted, span
from vurti.cli.terminal.drawn.palette import Palette
from vurti.cli.terminal.known import Known
from vurti.cli.terminal.looks import MOVING, RESTING, WELL, Look
from vurti.cli.terminal.standing import Phase
from vurti.cli.terminal.worst import Cluster
from vurti.model import VdsStatus, VmStatus

LINES = 4
_SIGNS = {Phase.LIVE: ("●", "good"), Phase.BEHIND: ("◐", "warn"), Phase.CONNECTING: ("◌", "faint")}


def head(
    known: Known, total: Cluster, place: str, clock: str, palette: Palette, width: int
) -> list[Text]:
    """Four lines, as wide as that. `clock` is the time of day, `place` where vurti answers."""
    return [
        _first(known, place, clock, palette, width),
        _counts("hosts", total.hosts, palette, width),
        _counts("VMs", total.vms, palette, width),
        _vurti(known, palette, width),
    ]


def _first(known: Known, place: str, clock: str, palette: Palette, width: int) -> Text:
    phase, mono = known.phase(), known.mono()
    named = [Cell(" vurti", "accent", True), Cell(f" {known.version}  ", "faint"), Cell(place)]
    left = assembled(palette, named, "raised")
    if phase is Phase.LOST:
        return _lost(known, palette, width)
    sign, tone = _SIGNS[phase]
    heard = known.standing.heard_at
    told = f"  heard {max(0.0, mono - heard):.1f} s ago" if heard is not None else ""
    right = [Cell(f"{sign} {phase}", tone, True), Cell(told, "faint"), Cell(f"  {clock} ", "faint")]
    return beside(left, assembled(palette, right, "raised"), width)


def _lost(known: Known, palette: Palette, width: int) -> Text:
    """The whole line, so that nobody takes what is below for what is so."""
    standing, mono = known.standing, known.mono()
    why = standing.why or f"not a word for {span(standing.silent_secs(mono))}"
    as_of = (
        "" if standing.known_at is None else f"  as of {span(known.now - standing.known_at)} ago"
    )
    text = f" ✖ NOT LIVE{as_of}: {why}"
    line = assembled(palette, [Cell(text)], "raised")
    line.stylize(palette.alarm("bad"))
    line = fitted(line, width)
    line.style = palette.alarm("bad")
    return line


def _counts(noun: str, counts: Counter[Look], palette: Palette, width: int) -> Text:
    """How many there are, and how many are how: worst first, the well ones at the end. Where that
    is too long, glyphs do without their words, those of what is in trouble last."""
    found = sorted(_together(counts).items())
    text = Text()
    for worded in (WELL, MOVING - 1, -1):
        text = assembled(palette, list(_counted(noun, counts.total(), found, worded)), "raised")
        if text.cell_len <= width:
            break
    return fitted(text, width)


def _counted(noun: str, count: int, found: list[tuple[Look, int]], worded: int) -> Iterator[Cell]:
    yield Cell(f" {noun:<6}", "faint")
    yield Cell(f"{count:>6,}  ", "text", True)
    for look, times in found:
        loud = look.rank < MOVING
        yield Cell(f" {look.glyph} {times:,} ", look.tone, loud)
        if look.rank <= worded:
            yield Cell(f"{look.word}  ", look.tone if loud else "faint")


def _together(counts: Counter[Look]) -> Counter[Look]:
    """What is on its way, and what rests, are counted together."""
    found: Counter[Look] = Counter()
    for look, count in counts.items():
        shown = look
        if MOVING <= look.rank < RESTING:
            shown = _ON_ITS_WAY
        elif RESTING <= look.rank < WELL and look.word not in _NAMED:
            shown = _AT_REST
        if count:
            found[shown] += count
    return found


_ON_ITS_WAY, _AT_REST = (
    Look(MOVING, "⇢", "moving", "changing"),
    Look(WELL - 1, "○", "calm", "other"),
)
_NAMED = frozenset({VdsStatus.MAINTENANCE, VmStatus.DOWN})


def _vurti(known: Known, palette: Palette, width: int) -> Text:
    return fitted(assembled(palette, list(_keeping(known)), "raised"), width)


def _keeping(known: Known) -> Iterator[Cell]:
    yield Cell(" vurti  ", "faint")
    keeping = known.keeping()
    if keeping is None:
        yield Cell("  ? ", "stale", True)
        why = f": {known.unanswered}" if known.unanswered else ""
        yield Cell(f"has not told how it does{why}", "stale")
        return
    if keeping.wrong:
        yield Cell("  ▲ ", "warn", True)
        yield Cell("; ".join(keeping.wrong) + "   ", "warn", True)
    else:
        yield Cell("  ● ", "good", True)
        yield Cell("keeps up   ", "good")
    rate = f"{known.feed.rate(known.mono()):.0f} events/s"
    yield Cell(" · ".join((*keeping.figures[:1], rate, *keeping.figures[1:])), "faint")
