"""What all models of words have in common."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator


class Words(BaseModel):
    """A map of which only these keys are words."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def said(self) -> dict[str, Any]:
        """The words that were written, with their values."""
        return {name: getattr(self, name) for name in self.model_fields_set}


def _as_text(value: object) -> object:
    whole = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if whole else value


Text = Annotated[str, BeforeValidator(_as_text)]
"""A text, also where it looks like a number and has no quotes."""


def _kind(value: object) -> str:
    return "words" if isinstance(value, dict | Words) else "word"


by_kind = Discriminator(_kind)
"""Tells a map of words (tag `words`) from a single one (tag `word`), so that what is wrong with a
value is told once."""
