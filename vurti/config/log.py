"""How the program logs: the `[log]` table."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class LogSettings(BaseModel):
    """The log of `vurti run` goes to stderr; who embeds vurti adds sinks of their own."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    level: Literal["TRACE", "DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """The least of what is logged."""

    format: Literal["text", "json"] = "text"
    """Lines for people, or one JSON object a line."""

    repeat_secs: float = Field(60.0, ge=0, le=86_400)
    """What is said again and again is said at once, then with how often: after so long, then after
    twice as long, up to an hour. 0: each time."""

    summary_secs: float = Field(60.0, ge=0.1, le=86_400)
    """How often a line tells what was polled, what was missed, and how late vurti itself was."""
