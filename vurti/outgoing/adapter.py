"""Connections that trust whom they are told to, and can be cut off from outside."""

import ssl
from collections.abc import Callable
from contextlib import suppress
from socket import SHUT_RDWR
from typing import Any, Self
from weakref import ref

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection


class Adapter(HTTPAdapter):
    """One pooled connection. Trusts whom its one context trusts: requests itself would add
    authorities of its own, and what the environment says of proxies."""

    def __init__(self, context: ssl.SSLContext | None) -> None:
        self._context = context
        self._sockets: list[ref[Any]] = []
        super().__init__(pool_connections=1, pool_maxsize=1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        if self._context is not None:
            kwargs["ssl_context"] = self._context
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _pools(self._opened)

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        conn.cert_reqs = "CERT_REQUIRED"

    def cut(self) -> None:
        """Whoever waits for one of them waits no longer. May be called from any thread."""
        for one in self._sockets:
            if (sock := one()) is not None:
                with suppress(OSError):  # it may be closed already
                    sock.shutdown(SHUT_RDWR)  # wakes whoever waits for it, in whatever thread

    def _opened(self, sock: Any) -> None:
        """The list is another one each time: `cut` may be walking through the one before."""
        self._sockets = [*(one for one in self._sockets if one() is not None), ref(sock)]


def _pools(opened: Callable[[Any], None]) -> dict[str, type[HTTPConnectionPool]]:
    class Plain(HTTPConnection):
        def _new_conn(self) -> Any:
            sock = super()._new_conn()
            opened(sock)
            return sock

    class Secure(HTTPSConnection):
        def _new_conn(self) -> Any:
            sock = super()._new_conn()
            opened(sock)
            return sock

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}
