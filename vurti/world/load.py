"""What a guest does to its CPUs, disks and network, as a function of how long it has run.

Everything is in closed form: a counter is the integral of its rate, so that nothing has to be
stepped, counters never go back, and a question asked twice at one instant has one answer.
"""

from math import cos, exp, pi, sin
from random import Random

from vurti.world.values import VmSample

GIB_KB = 1024 * 1024


class Load:
    """The appetite of one guest: a level of its own with two waves on it, one slow, one quick."""

    def __init__(self, random: Random) -> None:
        self.vcpus = random.choice((1, 2, 2, 4, 4, 8))
        self.memory_kb = random.choice((1, 2, 4, 4, 8, 16)) * GIB_KB
        self._level = random.uniform(0.04, 0.5)
        self._slow = self._wave(random, random.uniform(200, 900))
        self._quick = self._wave(random, random.uniform(15, 60))
        self._disk_read, self._disk_write = random.uniform(1e4, 4e7), random.uniform(1e4, 2e7)
        self._net_rx, self._net_tx = random.uniform(1e4, 2e7), random.uniform(1e4, 2e7)

    def busy(self, ran: float) -> float:
        """The share of its CPUs in use, 0 to 1, after `ran` seconds of running."""
        (a, u, p), (b, v, q) = self._slow, self._quick
        return self._level + a * sin(u * ran + p) + b * sin(v * ran + q)

    def worked(self, ran: float) -> float:
        """The integral of `busy` up to `ran`: it never falls, as the waves stay below the level."""
        (a, u, p), (b, v, q) = self._slow, self._quick
        slow = a / u * (cos(p) - cos(u * ran + p))
        quick = b / v * (cos(q) - cos(v * ran + q))
        return self._level * ran + slow + quick

    def resident_kb(self, ran: float) -> int:
        """Memory that the host really gave: it fills up over the first minutes."""
        return int(self.memory_kb * (0.3 + 0.55 * (1 - exp(-ran / 300))))

    def _wave(self, random: Random, secs: float) -> tuple[float, float, float]:
        """Height, angular speed and phase; two of them together never outweigh the level."""
        return (self._level * random.uniform(0.1, 0.45), 2 * pi / secs, random.uniform(0, 2 * pi))

    def sample(self, ran: float, runs: bool) -> VmSample:
        """All of it after `ran` seconds of running; `runs` says whether its CPUs run just now."""
        worked = self.worked(ran)
        return VmSample(
            cpu_percent=round(100 * self.busy(ran), 1) if runs else 0.0,
            cpu_time_ns=int(worked * self.vcpus * 1e9),
            vcpus=self.vcpus,
            memory_kb=self.memory_kb,
            memory_max_kb=self.memory_kb,
            rss_kb=self.resident_kb(ran),
            disk_read_bytes=int(worked * self._disk_read),
            disk_write_bytes=int(worked * self._disk_write),
            net_rx_bytes=int(worked * self._net_rx),
            net_tx_bytes=int(worked * self._net_tx),
        )
