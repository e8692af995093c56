"""Where the program answers about itself: the `[listen]` table."""

import ipaddress
from typing import NamedTuple, Self

from pydantic import BaseModel, ConfigDict, field_validator, model_validator

_UNIX = "unix:"
_EXAMPLES = 'write "127.0.0.1:7177", "[::1]:7177", "unix:/run/vurti/vurti.sock", or "" for nowhere'


class Place(NamedTuple):
    """An address and a port, or the path of a unix socket."""

    host: str = ""
    port: int = 0
    path: str = ""

    @property
    def local(self) -> bool:
        """Whether only this machine can reach it. A name but localhost may be anybody's."""
        if self.path or self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    def __str__(self) -> str:
        if self.path:
            return _UNIX + self.path
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class ListenSettings(BaseModel):
    """`vurti run` answers /metrics, /livez and /readyz there; `vurti serve` does where it is
    named. docs/operating.md."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    address: str = "127.0.0.1:7177"
    """ADDRESS:PORT, or unix:/PATH; port 0 is any free one, "" is nowhere."""

    allow_remote: bool = False
    """Whether it may be an address that other machines reach: whoever can reach it may read it."""

    @field_validator("address")
    @classmethod
    def _can_be_listened_at(cls, address: str) -> str:
        if address:
            place(address)
        return address

    @model_validator(mode="after")
    def _remote_only_where_that_is_wanted(self) -> Self:
        if self.place is not None and not self.place.local and not self.allow_remote:
            raise ValueError(
                f"address {self.address} can be reached by other machines, and nobody there is"
                " asked for a token: set allow_remote = true if all of them may read it"
            )
        return self

    @property
    def place(self) -> Place | None:
        """Where to listen; None for nowhere."""
        return place(self.address) if self.address else None


def place(address: str) -> Place:
    """The place that a text names. Raises ValueError with the way out."""
    if address.startswith(_UNIX):
        path = address.removeprefix(_UNIX)
        if not path.startswith("/") or path.endswith("/"):
            raise ValueError(f"{address!r} names no file from the root on: {_EXAMPLES}")
        return Place(path=path)
    host, colon, port = address.rpartition(":")
    bracketed = host.startswith("[") and host.endswith("]")
    host = host[1:-1] if bracketed else host
    if not (host and colon and port.isascii() and port.isdigit() and int(port) <= 65_535):
        raise ValueError(f"{address!r} is no ADDRESS:PORT: {_EXAMPLES}")
    if (":" in host) is not bracketed:
        raise ValueError(f"{address!r} is not clear about its port: {_EXAMPLES}")
    return Place(host, int(port))
