"""What went over all connections of an endpoint, as plain counts."""

from dataclasses import dataclass


@dataclass
class Traffic:
    """Nothing that a host sends is dropped without a count here."""

    bytes_in: int = 0
    bytes_out: int = 0
    pushes: int = 0  # told something of a VM
    migrations: int = 0  # told how a migration goes
    changes: int = 0  # told that the host's capabilities are not what they were
    jobs: int = 0
    other: int = 0  # notifications of kinds that nobody here knows
    unreadable: int = 0  # messages, and records of VMs
    mended: int = 0  # readable after characters or numbers that are none were replaced
    refusals: int = 0  # ERROR frames after the greeting
    strays: int = 0  # replies to what was not asked, or was not waited for any more
    late: int = 0  # replies after their time was over
    lost: int = 0  # replies that never came
