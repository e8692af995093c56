"""Colours: one palette for dark terminals, one for light ones, and none at all where NO_COLOR asks
for that. Text is readable on all of its grounds (contrast 4.5 and more)."""

from typing import NamedTuple

from rich.style import Style
from textual.theme import Theme


class Palette(NamedTuple):
    """`ground` under everything, `raised` under heads and keys, `chosen` under the cursor."""

    name: str
    dark: bool
    ground: str
    raised: str
    chosen: str
    text: str
    tones: dict[str, str]

    def style(self, tone: str = "text", *, bold: bool = False, ground: str = "ground") -> Style:
        """How a tone is drawn on `ground`, `raised` or `chosen`."""
        colour = self.tones.get(tone, self.text)
        return Style(color=colour, bgcolor=getattr(self, ground), bold=bold or None)

    def alarm(self, tone: str) -> Style:
        """Text that nobody can overlook."""
        return Style(color=self.ground, bgcolor=self.tones[tone], bold=True)

    def theme(self) -> Theme:
        """The same for Textual's own widgets."""
        return Theme(
            name=self.name,
            primary=self.tones["accent"],
            accent=self.tones["accent"],
            foreground=self.text,
            background=self.ground,
            surface=self.ground,
            panel=self.raised,
            error=self.tones["bad"],
            warning=self.tones["warn"],
            success=self.tones["good"],
            dark=self.dark,
        )


DARK = Palette(
    "vurti-dark", True, "#0d1014", "#1a2028", "#1f3860", "#e7ebf0",
    {
        "good": "#5cc9a5", "bad": "#ff8f85", "warn": "#e8bc55", "moving": "#bfaeff",
        "calm": "#a3bbf7", "stale": "#a6b0bc", "faint": "#98a3b1", "accent": "#82a8ff",
        "line": "#39434f",
    },
)  # fmt: skip
LIGHT = Palette(
    "vurti-light", False, "#ffffff", "#eceff3", "#cfe0fb", "#161a20",
    {
        "good": "#17694f", "bad": "#b2241b", "warn": "#835700", "moving": "#5f40b4",
        "calm": "#3554a8", "stale": "#566070", "faint": "#566070", "accent": "#2257d3",
        "line": "#c3cad3",
    },
)  # fmt: skip
"""The tones of the page's palette.css, so that both say the same by the same colour."""


class _Plain(Palette):
    """No colour: what is chosen is shown reversed, what is bad bold."""

    def style(self, tone: str = "text", *, bold: bool = False, ground: str = "ground") -> Style:
        strong = bold or tone in ("bad", "stale")
        dim = tone in ("faint", "line") and ground != "chosen"
        return Style(bold=strong or None, dim=dim or None, reverse=ground == "chosen" or None)

    def alarm(self, tone: str) -> Style:
        return Style(bold=True, reverse=True)


PLAIN = _Plain("ansi-dark", True, "default", "default", "default", "default", {})
