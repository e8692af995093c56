"""A process of prepared hosts, and what it counts."""

import datetime as dt
import ipaddress
from multiprocessing import get_context
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from benchmarks.peer.book import MOMENTS
from benchmarks.peer.counted import BYTES, CONNECTIONS, OTHER, WHOLE
from benchmarks.peer.serving import Wanted, serve
from vurti.simulator.certificates import write
from vurti.simulator.issuing import Issuer
from vurti.simulator.places import raise_file_limit

READY_SECS = 60.0
_LASTS = dt.timedelta(days=2)


class Counts(NamedTuple):
    """Answers about all VMs of a host, other answers, bytes of both, connections."""

    whole: int
    other: int
    bytes_out: int
    connections: int

    def since(self, before: "Counts") -> "Counts":
        """What came after."""
        return Counts(*(a - b for a, b in zip(self, before, strict=True)))


class Peer:
    """Prepared hosts in a process of their own, each at its own address of the loopback, all on one
    port. `keys` is where certificates are kept: then it is TLS. Their samples go round in so many
    `moments`."""

    def __init__(
        self, port: int, hosts: int, vms: int, changing: float = 0.0, keys: Path | None = None,
        moments: int = MOMENTS,
    ) -> None:  # fmt: skip
        tls = None if keys is None else _certified(keys)
        self._wanted = Wanted(port, hosts, vms, changing, moments, tls)
        self._counted = get_context("spawn").Array("Q", 4, lock=False)
        self._line, self._far = get_context("spawn").Pipe()
        given = (self._wanted, self._counted, self._far)
        self._process = get_context("spawn").Process(target=serve, args=given, daemon=True)

    def __enter__(self) -> Self:
        # The process inherits it. A host here is one file, where one of the simulator is two.
        raise_file_limit(self._wanted.hosts // 2 + 1)
        self._process.start()
        self._far.close()
        assert self._line.poll(READY_SECS), "the prepared hosts did not come up"
        self._line.recv()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._line.close()
        self._process.join(5)
        self._process.kill()

    @property
    def pid(self) -> int:
        """Of the process."""
        assert self._process.pid is not None
        return self._process.pid

    @property
    def vms(self) -> int:
        """So many has each host."""
        return self._wanted.vms

    def counts(self) -> Counts:
        """So far."""
        counted = self._counted
        return Counts(counted[WHOLE], counted[OTHER], counted[BYTES], counted[CONNECTIONS])

    def changes(self) -> list[tuple[str, bool, float]]:
        """Each VM that was paused (or went on), with the time of day of that answer."""
        self._line.send("changes?")
        told: list[tuple[str, bool, float]] = self._line.recv()
        return told

    def address(self, number: int) -> tuple[str, int]:
        """Where a host is, by its number from 1 on."""
        return address(number, self._wanted.port)

    def urls(self, scheme: str, path: str = "") -> dict[str, str]:
        """Each host by its name."""
        places = (self.address(number) for number in range(1, self._wanted.hosts + 1))
        return {
            f"host-{number:05d}": f"{scheme}://{ip}:{port}{path}"
            for number, (ip, port) in enumerate(places, 1)
        }


def address(number: int, port: int) -> tuple[str, int]:
    """Where the host of this number is."""
    return f"127.{number >> 16}.{number >> 8 & 255}.{number & 255}", port


def _certified(keys: Path) -> tuple[str, str]:
    """Files as of any simulation, and one certificate for all hosts: certificate and key."""
    keys.mkdir(parents=True, exist_ok=True)
    issuer, now = Issuer(), dt.datetime.now(dt.UTC)
    address = ipaddress.ip_address("127.0.0.1")
    client, client_key = issuer.client("vurti", now, _LASTS)
    files = {
        "ca.pem": issuer.authority(now, _LASTS),
        "client.pem": client,
        "client.key": client_key,
        "host.pem": issuer.host("prepared", address, now, _LASTS),
        "host.key": issuer.host_key(),
    }
    for name, content in files.items():
        write(keys / name, content, 0o600)
    return str(keys / "host.pem"), str(keys / "host.key")
