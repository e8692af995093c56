"""The program: takes in what was heard, and lets the screen that is seen draw it."""

import os
import time
from collections.abc import Callable
from queue import Empty
from typing import ClassVar

from textual.app import App
from textual.binding import Binding, BindingType

from vurti.cli.terminal.drawn.fleet_screen import FleetScreen
from vurti.cli.terminal.drawn.help_screen import HelpScreen
from vurti.cli.terminal.drawn.live import Live
from vurti.cli.terminal.drawn.palette import DARK, LIGHT, PLAIN, Palette
from vurti.cli.terminal.drawn.thing_screen import HostScreen, VmScreen
from vurti.cli.terminal.following import Follower
from vurti.cli.terminal.known import Known

BEAT_SECS = 0.25
TAKING_SECS = 0.1
"""So long at most it takes in what was heard before it draws and heeds the keys again."""
ASKED_AT_ONCE = 5
WIDTHS = [(0, "-narrow"), (140, "-wide")]
HEIGHTS = [(0, "-short"), (16, "-tall")]
STYLES = """
Screen { background: $background; color: $foreground; layers: base; }
.line { height: 1; overflow: hidden hidden; }
#head { height: 4; }
Lines, Rows { overflow-x: hidden; scrollbar-size-vertical: 1; background: $background;
  scrollbar-background: $background; scrollbar-color: $panel; scrollbar-corner-color: $background;
  scrollbar-background-hover: $background; scrollbar-background-active: $background; }
#search { display: none; height: 1; border: none; padding: 0 1; background: $panel; }
#search:focus { border: none; }
#body { height: 1fr; layout: vertical; }
#main { height: 2fr; }
#side { height: 1fr; min-height: 4; }
#overview { display: none; }
#main Rows, #feed, #page { height: 1fr; }
.-wide #body { layout: horizontal; }
.-wide #main { width: 3fr; height: 1fr; }
.-wide #side { width: 2fr; height: 1fr; margin-left: 1; }
.-wide #overview { display: block; height: auto; max-height: 12; }
.-wide #overview Rows { height: auto; max-height: 11; }
.-short #side { display: none; }
#vms { height: 2fr; }
#story { height: 1fr; }
"""


class Top(App[None]):
    """`place` is what vurti is called here; `palette` what it begins with."""

    CSS = STYLES
    ENABLE_COMMAND_PALETTE = False
    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q,ctrl+c", "quit", priority=False),
        Binding("t", "theme"),
        Binding("question_mark", "help"),
    ]

    def __init__(
        self,
        follower: Follower,
        place: str,
        palette: Palette,
        wall: Callable[[], float] = time.time,
        mono: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(ansi_color=palette is PLAIN or None)
        self.follower, self.place, self.palette = follower, place, palette
        self.known = Known(wall, mono)
        self._second = -1
        for one in (DARK, LIGHT):
            self.register_theme(one.theme())
        self.theme = palette.name

    def on_mount(self) -> None:
        """Begin."""
        self.push_screen(FleetScreen())
        self.follower.start()
        self.set_interval(BEAT_SECS, self.beat)

    def on_unmount(self) -> None:
        """No thread is left behind."""
        self.follower.stop()

    def beat(self) -> None:
        """Draw where something was heard, and at each second: ages grow."""
        heard, second = self._take(), int(self.known.mono())
        if heard or second != self._second:
            self._second = second
            for host in self.known.unexplained(ASKED_AT_ONCE):
                self.follower.explain("hosts", host, 0)
            if isinstance(self.screen, Live):
                self.screen.frame()

    def _take(self) -> bool:
        """What was heard; not all of it at once where that is much."""
        until, heard = self.known.mono() + TAKING_SECS, False
        while self.known.mono() < until:
            try:
                self.known.take(self.follower.news.get_nowait())
            except Empty:
                break
            heard = True
        return heard

    def open_host(self, host: str) -> None:
        """Its screen."""
        self.push_screen(HostScreen(host))

    def open_vm(self, vm: str) -> None:
        """Its screen."""
        self.push_screen(VmScreen(vm))

    def action_help(self) -> None:
        """The keys."""
        self.push_screen(HelpScreen())

    def action_theme(self) -> None:
        """The other one of light and dark."""
        if self.palette is not PLAIN:
            self.palette = LIGHT if self.palette is DARK else DARK
            self.theme = self.palette.name
            if isinstance(self.screen, Live):
                self.screen.frame()


def palette_of(theme: str) -> Palette:
    """For `dark`, `light`, or `auto`: what the terminal says of its ground, if it does. None where
    NO_COLOR is set."""
    if os.environ.get("NO_COLOR"):
        return PLAIN
    ground = os.environ.get("COLORFGBG", "").rpartition(";")[2]
    light = theme == "light" or (theme == "auto" and ground in ("7", "15"))
    return LIGHT if light else DARK
