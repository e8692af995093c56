"""What subscribers of live streams may do, and what is counted of them."""

from typing import Protocol

from pydantic import BaseModel, ConfigDict, Field


class SubscriberSettings(BaseModel):
    """How far a subscriber may fall behind, fail, and keep all others from running."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    queue_max: int = Field(1024, ge=1, le=1_000_000)
    """So many items may wait for a subscriber before those of one thing are added up."""

    things_max: int = Field(200_000, ge=1, le=10_000_000)
    """A subscriber for which more items wait, each of another thing, is unsubscribed."""

    errors_max: int = Field(10, ge=1, le=1_000_000)
    """So is one that has raised so many times in a row."""

    slow_secs: float = Field(1.0, gt=0, le=3600)
    """One that takes longer for an item is named in the log."""

    busy_secs: float = Field(0.1, gt=0, le=3600)
    """So is one that computes for longer in one go: nothing else runs meanwhile."""

    busy_max: int = Field(20, ge=0, le=1_000_000)
    """If it has done so more often than this within a minute, it is unsubscribed. 0: never."""


class Listened(Protocol):
    """Something that others subscribe to, for who shows how it is with them."""

    name: str
    limits: "Limits"

    @property
    def emitted(self) -> int:
        """Items that came, whoever listens."""

    @property
    def subscribers(self) -> int:
        """How many there are now."""

    @property
    def waiting(self) -> int:
        """How much waits for the one for whom most does."""

    @property
    def oldest_at(self) -> float | None:
        """When the oldest of all that waits was offered; None where nothing does."""


class Limits:
    """The settings as one stream has them, and what all of its subscribers have done. Counters are
    plain numbers that only grow."""

    def __init__(self, settings: SubscriberSettings) -> None:
        self.settings = settings
        self.errors = 0  # signals that a subscriber raised at
        self.slow = 0  # signals that took a subscriber longer than slow_secs
        self.busy = 0  # signals at which one computed for longer than busy_secs
        self.cut_off = 0  # subscribers that were unsubscribed for their errors, or for being busy,
        #                   for being too far behind, or by what they raised
        self.dropped = 0  # items that waited for those
        self.sums = 0  # pairs of waiting items that were added up
        self.over = 0  # items beyond queue_max, since they were of that many different things
        self.peak = 0  # the most that ever waited for one subscriber
