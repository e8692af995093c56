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


class Forgotten(VurtiError):
    """The log has no more, or not yet, what follows `cursor`. It has `first` to `last`: begin with
    a snapshot of how everything stands, which says from which cursor to go on."""

    def __init__(self, cursor: int, first: int, last: int) -> None:
        self.cursor, self.first, self.last = cursor, first, last
        super().__init__(
            f"the log has forgotten the events {cursor + 1} to {first - 1}: the first that it has"
            f" is {first}"
            if cursor + 1 < first
            else f"the log ends at {last}: {cursor} is not from this store"
        )

    def __reduce__(self) -> tuple[type["Forgotten"], tuple[int, int, int]]:
        return type(self), (self.cursor, self.first, self.last)


class Refused(VurtiError):
    """What was asked for cannot be: the thing is not known, or vurti has stopped."""
