"""How `vurti demo` shows itself: a line an event, a line of counts now and then, a farewell."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from rich.console import Console, OverflowMethod
from rich.text import Text

from vurti.cli.stories import (
    CRASHED,
    ELSEWHERE,
    FOLDED,
    PASSING,
    STARTED,
    STARTING,
    Story,
    story_of,
)
from vurti.events import Event, VmEvent
from vurti.model import Vds, Vm

WIDTH = 100
_THING, _CHANGE = 10, 26
_VM_WORDS = {
    "Up": ("up", "green"),
    "Paused": ("paused", "yellow"),
    "Down": ("down", "blue"),
    "Unknown": ("unknown", "magenta"),
}
_HOST_WORDS = {
    "Up": ("ok", "green"),
    "Connecting": ("connecting", "yellow"),
    "NonResponsive": ("nonresponsive", "red"),
}


class DemoView:
    """Renders to a console and remembers only what it has to count. Colours, and glyphs beyond
    ASCII, are left out where the console cannot show them."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._plain = console.options.ascii_only
        self._overflow: OverflowMethod = "crop" if self._plain else "ellipsis"
        self._counts: Counter[Story] = Counter()
        self._crashed_on: dict[str, str] = {}  # where each VM last crashed, until it runs again

    def welcome(self, hosts: int, vms: int, database: str, url: str) -> None:
        """Say where its page is, and what is about to be seen."""
        self._print(Text(f"{self._safe(url)}/", style="bold"))
        line = Text()
        line.append("vurti", style="bold")
        line.append(f" watches {hosts} simulated hosts with {vms} living VMs")
        line.append(f" and keeps what it learns in {self._safe(database)}\n", style="dim")
        line.append(
            "Each line is one event; the page shows the fleet. Stop with Ctrl-C.", style="dim"
        )
        self._print(line)

    def event(self, event: Event) -> None:
        """One line: when, of what, from what to what, where, and why in words."""
        self.events((event,))

    def events(self, batch: Iterable[Event]) -> None:
        """A line for each event of a commit; what befell many things alike in it is one line."""
        lines: dict[object, tuple[Story, list[Event]]] = {}
        for event in batch:
            story = self._story(event)
            if story not in PASSING:
                self._counts[story] += event.times
            alike = (story, isinstance(event, VmEvent), _change(event))
            key = alike if story in FOLDED else (event.thing, event.kind, event.seq, event.id)
            lines.setdefault(key, (story, []))[1].append(event)
        for story, events in lines.values():
            self._line(story, events)

    def _line(self, story: Story, events: list[Event]) -> None:
        first = events[0]
        line = Text(_clock(first.observed_at), style="dim")
        line.append(f"  {story.ascii if self._plain else story.glyph} ", style=story.style)
        style = "" if story in PASSING else "bold"
        line.append_text(self._fitted(_names(events), _THING, style))
        line.append(" ")
        line.append_text(self._fitted(_change(first), _CHANGE, story.style))
        line.append(" ")
        line.append_text(self._where_and_why(events, story))
        line.truncate(WIDTH, overflow=self._overflow)
        self._print(line)

    def summary(
        self,
        *,
        hosts: Mapping[str, int],
        vms: Mapping[str, int],
        events: int,
        commits: int,
        lag_secs: float,
    ) -> None:
        """How it stands: `hosts` and `vms` count by the text of their status; `lag_secs` is how far
        the database is behind."""
        parts = [
            Text("hosts ", "dim").append_text(_counted(hosts, _HOST_WORDS, "other")),
            Text("VMs ", "dim").append_text(_counted(vms, _VM_WORDS, "moving")),
            Text(f"{events} events, {commits} commits, lag {lag_secs:.1f} s", "dim"),
        ]
        bar = Text(self._safe(" │ "), "dim")
        line = start = Text(self._safe("── "), "dim")
        for part in parts:
            if line.cell_len + bar.cell_len + part.cell_len > WIDTH:
                self._print(line)
                line = start
            line = line + part if line is start else line + bar + part
        self._print(line)

    def farewell(self, *, database: str, config: str | None = None, secs: float = 0.0) -> None:
        """What was seen, where it is kept, and what to try next. `config` is what the commands that
        read the database are given; without it, they are not offered."""
        self._print(Text(f"\nSeen in {secs:.0f} s:", style="bold"))
        for story, times in sorted(self._counts.items(), key=lambda item: (-item[1], item[0])):
            line = Text(f"  {times:5}  ")
            line.append(f"{story.ascii if self._plain else story.glyph} ", style=story.style)
            line.append(story.words)
            self._print(line)
        self._print(Text(f"\nAll of it is in {self._safe(database)}"))
        if config is not None:
            self._print(Text("Look at it with"))
            for command in ("hosts", "vms", "events"):
                self._print(Text(f"  vurti {command} {self._safe(config)}", style="bold"))

    @property
    def seen(self) -> dict[str, int]:
        """How many of each kind of story were shown, by the words that name it."""
        return {story.words: times for story, times in self._counts.items()}

    def _story(self, event: Event) -> Story:
        """What the event alone tells, but for one thing: a VM that crashed here and runs there."""
        story, after = story_of(event), event.after
        if story is CRASHED and isinstance(event.before, Vm) and event.before.run_on:
            self._crashed_on[event.thing] = event.before.run_on
        elif isinstance(after, Vm) and after.run_on and story is not STARTING:
            crashed_on = self._crashed_on.pop(event.thing, after.run_on)
            if story is STARTED and crashed_on != after.run_on:
                return ELSEWHERE
        return story

    def _where_and_why(self, events: list[Event], story: Story) -> Text:
        first = events[0]
        where = _common({_where(event): None for event in events}, _places(first))
        reasons = {event.reason: None for event in events}
        reason = first.reason if first.reason and len(reasons) == 1 else story.words
        text = Text(self._safe(f"{where:8} "), style="cyan")
        text.append(self._safe(reason))
        if first.times > 1:
            text.append(f" ({first.times} times)")
        if first.restart:
            text.append(" (while vurti was not running)", style="dim")
        return text

    def _fitted(self, text: str, width: int, style: str) -> Text:
        """Cut or filled up to so many columns, however wide its characters are."""
        fitted = Text(self._safe(text), style=style)
        fitted.truncate(width, overflow=self._overflow, pad=True)
        return fitted

    def _safe(self, text: str) -> str:
        """Names and messages come from guests and hosts: nothing in them may steer the terminal."""
        shown = "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in text)
        if not self._plain:
            return shown
        ascii_drawn = shown.replace("→", "->").replace("─", "-").replace("│", "|")
        return ascii_drawn.encode("ascii", "replace").decode()

    def _print(self, line: Text) -> None:
        """A terminal gets what fits into it; a file or a pipe gets whole lines."""
        if self._console.is_terminal:
            self._console.print(line, overflow="ellipsis", no_wrap=True, highlight=False)
        else:
            self._console.print(line, soft_wrap=True, highlight=False)


def _clock(wall: float) -> str:
    return datetime.fromtimestamp(wall, UTC).astimezone().strftime("%H:%M:%S")


def _name(event: Event) -> str:
    known = event.after if event.after is not None else event.before
    return known.name if isinstance(known, Vm) and known.name else event.thing


def _names(events: list[Event]) -> str:
    """The one that it is about, or how many of what."""
    if len(events) == 1:
        return _name(events[0])
    return f"{len(events)} {'VMs' if isinstance(events[0], VmEvent) else 'hosts'}"


def _places(event: Event) -> str:
    return "hosts" if isinstance(event, VmEvent) else "clusters"


def _common(places: dict[str, None], many: str) -> str:
    """Where it happened, or in how many places."""
    return next(iter(places)) if len(places) == 1 else f"{len(places)} {many}"


def _change(event: Event) -> str:
    before = event.before.status if event.before is not None else ""
    after = event.after.status if event.after is not None else ""
    return f"{after}" if before == after else f"{before} → {after}".strip()


def _where(event: Event) -> str:
    """The host, both hosts where it changed, or a host's cluster."""
    before, after = event.before, event.after
    if isinstance(before, Vds) or isinstance(after, Vds):
        known = after or before
        return known.cluster if isinstance(known, Vds) else ""
    past = before.run_on if isinstance(before, Vm) else None
    now = after.run_on if isinstance(after, Vm) else None
    if past and now and past != now:
        return f"{past} → {now}"
    return now or past or ""


def _counted(counts: Mapping[str, int], words: Mapping[str, tuple[str, str]], other: str) -> Text:
    """`18 ok, 1 connecting`, in the order of the words; the first is told even where it is 0."""
    told = [(counts.get(status, 0), word, style) for status, (word, style) in words.items()]
    told.append((sum(n for status, n in counts.items() if status not in words), other, "cyan"))
    parts = [
        Text(f"{number} {word}", style=style)
        for place, (number, word, style) in enumerate(told)
        if number or place == 0
    ]
    return Text(", ").join(parts)
