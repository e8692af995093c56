"""The errors that cross rooms. Weather is never among them: an edge's failure is a value."""

from dataclasses import dataclass


class VurtiError(Exception):
    """Anything that vurti itself refuses or cannot go on with."""


@dataclass(frozen=True)
class Complaint:
    """One thing wrong with a configuration: where it stands, what it is and the way out."""

    where: str  # file:line
    key: str  # dotted path, as the user wrote it
    what: str
    way_out: str = ""

    def __str__(self) -> str:
        hint = f" ({self.way_out})" if self.way_out else ""
        return f"{self.where}: {self.key}: {self.what}{hint}"


class ConfigError(VurtiError):
    """A configuration that cannot be used. All that is wrong with it is told at once."""

    def __init__(self, complaints: "list[Complaint] | tuple[Complaint, ...]") -> None:
        self.complaints = tuple(complaints)
        super().__init__("\n".join(str(complaint) for complaint in self.complaints))


class StoreError(VurtiError):
    """The repository cannot be opened: locked by another vurti, of a newer version, unreadable."""


class Fenced(StoreError):
    """Another start of vurti has taken the scope over: this one must write nothing more."""


class Refused(VurtiError):
    """What was asked for cannot be: the thing is not known, or vurti has stopped."""
