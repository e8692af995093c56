"""What a user may say about polling: the `[poll]` table of the configuration."""

import math

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator


class PollSettings(BaseModel):
    """How often hosts are asked, and how long an answer may take."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=True, validate_default=True
    )

    status_secs: float = Field(2.0, ge=0.05, le=3600)
    """Each host is asked for the states of its VMs this often, at moments of its own."""

    status_pushed_secs: float | None = Field(None, gt=0, le=3600)
    """While a host's own words are coming in, its states are asked for only this often; its
    silence shortens that again at once. Not set: no difference is made."""

    statistics_secs: float = Field(15.0, ge=0.05, le=86_400)
    """Each host is asked for statistics this often; not less than `status_secs`."""

    thinned_secs_max: float = Field(30.0, gt=0, le=600)
    """While less can be stored than is decided, each host is asked less often than that, but not
    less often than this (or than its period, where that is longer)."""

    timeout_secs: float = Field(5.0, gt=0, le=600)
    """So long may a host take to answer about states and capabilities."""

    statistics_timeout_secs: float = Field(10.0, gt=0, le=600)
    """So long may it take to answer about statistics; not more than `statistics_secs`."""

    @property
    def stale_secs(self) -> float:
        """What is known of a host that was not heard for so long is stale. One that is well is
        written down as heard at each beat of statistics; it may miss one."""
        return 2 * self.statistics_secs + self.statistics_timeout_secs

    @field_validator("statistics_secs")
    @classmethod
    def _not_more_often_than_states(cls, value: float, info: ValidationInfo) -> float:
        if value < info.data.get("status_secs", 0):
            raise ValueError("must not be less than status_secs")
        return value

    @field_validator("statistics_timeout_secs")
    @classmethod
    def _over_before_the_next(cls, value: float, info: ValidationInfo) -> float:
        if value > info.data.get("statistics_secs", math.inf):
            raise ValueError("must not be more than statistics_secs")
        return value
