"""What the versions of vdsm differ in, as far as a client can see it."""

from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace


class Scheme(StrEnum):
    """How a host may be asked; the word is the scheme of its URL."""

    STOMP_TLS = "vdsm"
    STOMP = "vdsm+tcp"
    XML_TLS = "vdsm+https"
    XML = "vdsm+http"
    JSON_TLS = "json+https"
    JSON = "json+http"

    @property
    def secure(self) -> bool:
        """Whether it goes through TLS."""
        return self in (Scheme.STOMP_TLS, Scheme.XML_TLS, Scheme.JSON_TLS)


class Dialect(Struct, frozen=True, kw_only=True):
    """One version. `detect_bytes` are awaited for at most `detect_secs` before the first word is
    judged. `jms` and `local_queues` are the two styles of STOMP; `old_stats` means the records of
    3.x, with `statsAge` and without `statusTime`."""

    version: str
    jms: bool
    local_queues: bool
    xmlrpc: bool
    old_stats: bool = False
    ids_only: bool = True  # Host.getVMList gives bare ids unless asked for more
    ping2: bool = False
    migration_events: bool = True
    cpu_actual: bool = False
    detect_bytes: int = 11
    detect_secs: float = 10.0

    def speaks(self, scheme: Scheme) -> bool:
        """Whether a host of this version can be asked that way. JSON over HTTP is not vdsm's: an
        agent beside it speaks it, on any host."""
        if scheme in (Scheme.STOMP, Scheme.STOMP_TLS):
            return self.jms or self.local_queues
        return self.xmlrpc if scheme in (Scheme.XML, Scheme.XML_TLS) else True


_OLD = Dialect(
    version="3.3",
    jms=False,
    local_queues=False,
    xmlrpc=True,
    old_stats=True,
    migration_events=False,
    detect_bytes=7,
    detect_secs=30.0,
)
_NEW = Dialect(version="4.1", jms=True, local_queues=False, xmlrpc=True)

DIALECTS = {
    one.version: one
    for one in (
        _OLD,
        replace(_OLD, version="3.5", local_queues=True),
        replace(_NEW, version="4.0", local_queues=True, migration_events=False),
        _NEW,
        replace(_NEW, version="4.5", xmlrpc=False, ids_only=False, ping2=True, cpu_actual=True),
    )
}
"""By oVirt's version."""


def dialect_for(scheme: Scheme) -> str:
    """The version that is asked that way in the field: the newest that can be."""
    return next(version for version, one in reversed(DIALECTS.items()) if one.speaks(scheme))
