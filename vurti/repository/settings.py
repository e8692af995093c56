"""What a user may say about the repository: the `[repository]` table of the configuration."""

from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator

from vurti.repository.database.address import beside, parsed, shown
from vurti.repository.retention import Retention


class RepositorySettings(BaseModel):
    """Where records and the log are kept, in how many scopes, and for how long.

    `scope`: one for all, one for each cluster, or `parts` among which clusters are dealt.

    `log_days` and `log_rows_max` bound the log, whichever is reached first; what is older is
    forgotten in small steps. What a sink has not read yet is kept longer: until `unread_days` or
    `unread_rows_max`, and then it is lost to it, which is counted. A sink that is no longer
    configured is forgotten after `gone_days`. While the store cannot take more, `waiting_max`
    changes of VMs, and as many of hosts, wait for it; beyond that those of one thing are added up.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str = Field(default="sqlite:///vurti.db", repr=False)  # it may hold a password
    scope: Literal["system", "cluster", "divided"] = "system"
    parts: int = Field(default=4, ge=1, le=64)
    log_days: float = Field(default=30.0, gt=0)
    log_rows_max: int = Field(default=10_000_000, gt=0)
    unread_days: float = Field(default=60.0, gt=0)
    unread_rows_max: int = Field(default=20_000_000, gt=0)
    gone_days: float = Field(default=7.0, gt=0)
    waiting_max: int = Field(default=50_000, ge=1)

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
    def place(self) -> str:
        """What may be shown of the URL."""
        return shown(self.url)

    def beside(self, directory: Path) -> Self:
        """The same, with a relative path in `url` taken from `directory`, where the file stands."""
        return self.model_copy(update={"url": beside(self.url, directory)})
