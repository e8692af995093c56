"""Simulated hosts, in-process: for the demo, for tests, and to try a configuration on."""

from vurti.model import Absence, Host
from vurti.sources.sim.endpoint import SimEndpoint, check, open_endpoint
from vurti.sources.sim.options import SimOptions
from vurti.sources.sim.shared import SharedWorld, shared_world
from vurti.streams.source import Source

__all__ = [
    "SCHEMES", "SOURCE", "SharedWorld", "SimEndpoint", "SimOptions", "demo_fleet", "open_endpoint",
    "shared_world",
]  # fmt: skip

SCHEMES = ("sim",)
SOURCE = Source(
    name="sim",
    schemes=SCHEMES,
    options=SimOptions,
    open_endpoint=open_endpoint,
    check=check,
    allowed=frozenset(),  # it lives in this process: nothing is sent
    absence=Absence.GONE,
    pushes=True,
)


def demo_fleet(
    hosts: int = 20, vms_per_host: int = 10, seed: int = 1
) -> tuple[tuple[Host, ...], SimOptions]:
    """A fleet to look at: so many hosts in two clusters, and the options of their world."""
    fleet = tuple(
        Host(
            id=f"host-{number}",
            url=f"sim://host-{number}",
            cluster="east" if number % 2 else "west",
        )
        for number in range(1, hosts + 1)
    )
    return fleet, SimOptions(seed=seed, hosts=hosts, vms_per_host=vms_per_host)
