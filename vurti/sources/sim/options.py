"""What can be chosen about the simulated hosts: `[sources.sim]`."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Secs = Annotated[float, Field(ge=0, le=3600)]


class SimOptions(BaseModel):
    """Simulated hosts live in the process that watches them; equal options share one world."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    seed: int = 1
    """What chance decides is decided by this number: the same one gives the same stories."""

    hosts: int = Field(default=0, ge=0, le=10_000)
    """How many hosts the world has, `host-1` and on; 0: exactly those that are configured."""

    vms_per_host: int = Field(default=10, ge=0, le=1000)
    """How many VMs each host begins with."""

    pace: float = Field(default=1.0, ge=0, le=1000)
    """How lively the world is: a factor on how often things happen by themselves, 0 for never."""

    split_brains: bool = False
    """Whether now and then a VM comes to run on two hosts at once."""

    pushes: bool = True
    """Whether hosts tell of changes by themselves; without, only polls show them."""

    latency_secs: Secs = 0.002
    """How long a host that is well takes to answer."""

    ended_listed_secs: Secs = 60.0
    """How long hosts list VMs that have ended."""

    begun_at: float | None = Field(default=None, ge=0)
    """When the world began, in seconds since 1970: a restarted process finds it where it would
    stand by now. None: it begins when its first host is connected."""
