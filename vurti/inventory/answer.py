"""What came of asking an inventory. A failure is a value."""

from msgspec import Struct

from vurti.model import Cluster, Host, VmFacts


class Listed(Struct, frozen=True):
    """What it answered. `flaws` says what is wrong with entries; of the hosts and VMs whose entries
    are bad, the ids: what was known of them stays. `clusters` are told by configurations only."""

    hosts: tuple[Host, ...] = ()
    vms: tuple[VmFacts, ...] = ()
    clusters: tuple[Cluster, ...] = ()
    bad_hosts: frozenset[str] = frozenset()
    bad_vms: frozenset[str] = frozenset()
    flaws: tuple[str, ...] = ()


class Unchanged(Struct, frozen=True):
    """It answered the same as the last time."""


class Failed(Struct, frozen=True):
    """It could not be asked, or its answer cannot be read."""

    reason: str


Outcome = Listed | Unchanged | Failed
