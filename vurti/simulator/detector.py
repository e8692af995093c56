"""What a connection is, by its first bytes: hosts have one port for everything."""

from enum import Enum

from vurti.simulator.dialect import Dialect

_STOMP_WORDS = (b"CONNECT", b"SEND", b"SUBSCRIBE", b"UNSUBSCRIBE", b"DISCONNECT")
_OLD_STOMP_WORDS = (b"CONNECT", b"SEND")
_HTTP_WORDS = (b"POST /", b"GET /", b"PUT /")
_NEW_HTTP_WORDS = (b"GET /", b"PUT /")
TLS_RECORD = b"\x16"
"""How a TLS client begins."""


class Spoken(Enum):
    """What a client speaks."""

    STOMP = "stomp"
    HTTP = "http"


def spoken(first: bytes, dialect: Dialect) -> Spoken | None:
    """What it is; None for a word that this version does not know."""
    stomp = dialect.jms or dialect.local_queues
    if stomp and first.startswith(_OLD_STOMP_WORDS if dialect.old_stats else _STOMP_WORDS):
        return Spoken.STOMP
    if first.startswith(_HTTP_WORDS if dialect.xmlrpc else _NEW_HTTP_WORDS):
        return Spoken.HTTP
    return None
