"""How the program logs: the `[log]` table."""

from typing import Literal

from pydantic import BaseModel, ConfigDict


class LogSettings(BaseModel):
    """The log of `vurti run` goes to stderr; who embeds vurti adds sinks of their own."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    level: Literal["TRACE", "DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """The least of what is logged."""

    format: Literal["text", "json"] = "text"
    """Lines for people, or one JSON object a line."""
