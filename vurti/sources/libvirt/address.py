"""A host's URL in libvirt's own notation, as the address to connect to and the driver to open."""

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import SplitResult, parse_qs, urlsplit

from vurti.errors import VurtiError

SCHEMES = ("qemu", "qemu+unix", "qemu+tcp", "qemu+tls", "test+tcp", "test+tls")
SOCKETS = ("/run/libvirt/libvirt-sock-ro", "/run/libvirt/virtqemud-sock-ro")
"""The read-only sockets of the one daemon for all drivers, and of the one for QEMU alone."""

_PORTS = {"tcp": 16509, "tls": 16514}
_DRIVERS = {"qemu": "system", "test": "default"}


class UrlError(VurtiError):
    """A host's URL that cannot be used; the text says what to write instead."""


class Transport(StrEnum):
    """How the bytes travel."""

    UNIX = "unix"
    TCP = "tcp"
    TLS = "tls"


@dataclass(frozen=True)
class Address:
    """Where a host is: name and port, or sockets to try in turn; and the driver to open there."""

    transport: Transport
    driver: str
    host: str = ""
    port: int = 0
    sockets: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.host}:{self.port}" if self.host else " or ".join(self.sockets)


def address(url: str) -> Address:
    """The address that `url` names. Raises UrlError."""
    parts = urlsplit(url)
    kind, _, transport = parts.scheme.partition("+")
    if parts.scheme not in SCHEMES:
        raise UrlError(f"{url!r}: a scheme of {', '.join(SCHEMES)} is needed")
    if parts.path != f"/{_DRIVERS[kind]}":
        right = f"{parts.scheme}://{parts.netloc}/{_DRIVERS[kind]}"
        raise UrlError(f"{url!r}: the path names the driver: write {right}")
    driver = f"{kind}:///{_DRIVERS[kind]}"
    if transport in ("", "unix"):
        return _unix(url, parts, driver)
    return _network(url, parts, Transport(transport), driver)


def _unix(url: str, parts: SplitResult, driver: str) -> Address:
    if parts.netloc:
        raise UrlError(f"{url!r}: a host needs a transport: write qemu+tls:// or qemu+tcp://")
    query = _query(url, parts)
    sockets = (query["socket"],) if "socket" in query else SOCKETS
    return Address(Transport.UNIX, driver, sockets=sockets)


def _network(url: str, parts: SplitResult, transport: Transport, driver: str) -> Address:
    if _query(url, parts):
        raise UrlError(f"{url!r}: ?socket= belongs to qemu:/// only")
    if parts.username is not None:
        raise UrlError(f"{url!r}: {transport} knows no user names: leave {parts.username}@ away")
    try:
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise UrlError(f"{url!r}: {error}") from None
    if not host or port == 0:
        raise UrlError(f"{url!r}: write {parts.scheme}://HOST[:PORT]/…")
    return Address(transport, driver, host, port or _PORTS[transport])


def _query(url: str, parts: SplitResult) -> dict[str, str]:
    try:
        query = parse_qs(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    except ValueError as error:
        raise UrlError(f"{url!r}: {error}") from None
    if unknown := query.keys() - {"socket"}:
        raise UrlError(f"{url!r}: of libvirt's parameters only socket is known here, not {unknown}")
    if any(not value[-1].startswith("/") for value in query.values()):
        raise UrlError(f"{url!r}: ?socket= wants an absolute path")
    return {key: values[-1] for key, values in query.items()}
