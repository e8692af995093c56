"""What a user may say about the repository: the `[repository]` table of the configuration."""

from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator

from vurti.repository.database.address import InMemory, beside, parsed, shown
from vurti.repository.retention import Retention


class RepositorySettings(BaseModel):
    """Where records and the log are kept, in how many scopes, and for how long."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str = Field(default="sqlite:///vurti.db", repr=False)  # it may hold a password
    """sqlite:///FILE, or postgresql://…"""

    scope: Literal["system", "cluster", "divided"] = "system"
    """One for all hosts, one for each cluster, or `parts` among which clusters are dealt."""

    parts: int = Field(default=4, ge=1, le=64)
    """Among so many scopes clusters are dealt, where `scope` is "divided"."""

    log_days: float = Field(default=30.0, gt=0)
    """The log forgets what is older, in small steps."""

    log_rows_max: int = Field(default=10_000_000, gt=0)
    """And what is beyond so many events, whichever is reached first."""

    unread_days: float = Field(default=60.0, gt=0)
    """What a sink has not read yet is kept for so long, and then lost to it, which is counted."""

    unread_rows_max: int = Field(default=20_000_000, gt=0)
    """Or until there are so many events of it."""

    gone_days: float = Field(default=7.0, gt=0)
    """A sink that is no longer configured is forgotten after this time."""

    waiting_max: int = Field(default=50_000, ge=1)
    """While the store cannot take more, so many changes of VMs, and as many of hosts, wait for it;
    beyond that those of one thing are added up."""

    @property
    def retention(self) -> Retention:
        """How long the log is kept."""
        return Retention(
            self.log_days,
            self.log_rows_max,
            self.unread_days,
            self.unread_rows_max,
            self.gone_days,
        )

    @field_validator("url")
    @classmethod
    def _known_kind(cls, url: str) -> str:
        parsed(url)
        return url

    @property
    def is_shared(self) -> bool:
        """Whether others than the vurti that writes it can read it."""
        return not isinstance(parsed(self.url), InMemory)

    @property
    def place(self) -> str:
        """What may be shown of the URL."""
        return shown(self.url)

    def beside(self, directory: Path) -> Self:
        """The same, with a relative path in `url` taken from `directory`, where the file stands."""
        return self.model_copy(update={"url": beside(self.url, directory)})
