"""An HTTP address that answers with an inventory, asked in a worker by requests."""

import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from socket import SHUT_RDWR
from typing import Any
from urllib.parse import urlsplit

from requests import Request, Response
from requests.adapters import HTTPAdapter
from requests.exceptions import RequestException
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from vurti import __version__
from vurti.inventory.answer import Failed, Unchanged
from vurti.inventory.settings import InventorySettings

_CHUNK_BYTES = 65_536
_CHAIN_MAX = 20


class Address:
    """GETs the `url` of `settings`, by a connection of its own each time, and nothing else: it
    follows no redirection, since the token is for this address alone. What is answered with an ETag
    is asked for only where it has changed. No failure shows the URL: it may hold a secret."""

    def __init__(self, settings: InventorySettings) -> None:
        self._settings = settings
        self._etag: str | None = None
        self._sockets: list[Any] = []

    def fetch(self) -> bytes | Unchanged | Failed:
        """The body. Blocks: bound it in time by `abort`, since an answer may come in drips."""
        self._sockets.clear()
        deadline = time.monotonic() + self._settings.timeout_secs
        try:
            with _Adapter(self._context(), self._sockets.append) as adapter:
                response = self._sent(adapter)
                with response:
                    return self._read(response, deadline)
        except (RequestException, HTTPError, OSError, UnicodeError) as error:
            return Failed(_reason(error))

    def abort(self) -> None:
        """Let a fetch that is under way fail at once. May be called from any thread."""
        for sock in self._sockets:
            with suppress(OSError):  # it may be closed already
                sock.shutdown(SHUT_RDWR)  # wakes whoever waits for it, in whatever thread

    def close(self) -> None:
        """Nothing is fetched any more."""
        self.abort()

    def _sent(self, adapter: "_Adapter") -> Response:
        settings = self._settings
        headers = {
            "Accept": "application/json",
            "Accept-Encoding": "identity",  # what is small when packed may be huge
            "Connection": "close",
            "User-Agent": f"vurti/{__version__}",
        }
        if settings.token is not None:
            headers["Authorization"] = f"Bearer {settings.token.reveal()}"
        if self._etag is not None:
            headers["If-None-Match"] = self._etag
        request = Request("GET", settings.url, headers=headers).prepare()
        return adapter.send(request, stream=True, timeout=settings.timeout_secs)

    def _read(self, response: Response, deadline: float) -> bytes | Unchanged | Failed:
        if response.status_code == 304 and self._etag is not None:
            return Unchanged()
        if response.status_code != 200:
            return Failed(f"it answers with HTTP {response.status_code}")
        body, limit = bytearray(), self._settings.reply_bytes_max
        while data := response.raw.read1(_CHUNK_BYTES):
            body += data
            if len(body) > limit:
                return Failed(f"it answers with more than {limit} bytes")
            if time.monotonic() > deadline:
                return Failed(f"no whole answer in {self._settings.timeout_secs:g} s")
        if response.raw.length_remaining:
            return Failed("its answer ends early")
        self._etag = response.headers.get("ETag")
        return bytes(body)

    def forget(self) -> None:
        """What it answered could not be read: ask for it anew."""
        self._etag = None

    def _context(self) -> ssl.SSLContext | None:
        if urlsplit(self._settings.url or "").scheme != "https":
            return None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # checks certificate and host name
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        _trust(context, self._settings.ca_path)
        return context


def _trust(context: ssl.SSLContext, authority: Path | None) -> None:
    if authority is None:
        context.load_default_certs()
    else:
        context.load_verify_locations(cafile=str(authority))


class _Adapter(HTTPAdapter):
    """Trusts whom its one context trusts: requests itself would add authorities of its own, and the
    environment's proxies. Tells of each socket that it opens, so that it can be cut off."""

    def __init__(self, context: ssl.SSLContext | None, opened: Callable[[Any], None]) -> None:
        self._context, self._opened = context, opened
        super().__init__(pool_connections=1, pool_maxsize=1)

    def __enter__(self) -> "_Adapter":
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


def _reason(error: BaseException) -> str:
    """The cause in a few words, dug out of all that wraps it."""
    chain = _chain(error)
    for one in chain:
        if isinstance(one, ssl.SSLError):
            return f"no TLS: {getattr(one, 'verify_message', '') or one.reason or one}"
        if isinstance(one, OSError) and "timed out" in str(one).lower():
            return "no answer in time"
    for one in chain:
        if isinstance(one, OSError) and one.strerror:
            return str(one.strerror)
    return f"the connection failed: {type(chain[-1]).__name__}"


def _chain(error: BaseException) -> list[BaseException]:
    """The error and all that led to it, outermost first."""
    chain: list[BaseException] = []
    waiting = [error]
    while waiting and len(chain) < _CHAIN_MAX:
        one = waiting.pop(0)
        if one not in chain:
            chain.append(one)
            near = [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]
            waiting.extend(cause for cause in near if isinstance(cause, BaseException))
    return chain
