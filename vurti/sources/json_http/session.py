"""One GET: through requests, by pooled connections, and never more of an answer than is allowed."""

import ssl
from collections.abc import Iterator
from typing import Any

from requests import PreparedRequest, Request, Response
from requests.adapters import HTTPAdapter
from requests.exceptions import ConnectionError as NoConnection
from requests.exceptions import RequestException
from urllib3.exceptions import HTTPError, TimeoutError

from vurti import __version__
from vurti.model import Miss
from vurti.outgoing import causes
from vurti.sources.dial import Trouble, words
from vurti.sources.json_http.connection import POOLS
from vurti.sources.json_http.options import JsonOptions
from vurti.sources.json_http.tls import context_of

ALLOWED = frozenset({"GET"})
_CHUNK_BYTES = 65536
_POOLED_MAX = 8


class Adapter(HTTPAdapter):
    """Sends what only reads, and trusts whom its one context trusts: requests itself would add its
    own authorities to those of the user, and the proxies of the environment."""

    def __init__(self, context: ssl.SSLContext | None) -> None:
        self._context = context
        super().__init__(pool_connections=1, pool_maxsize=_POOLED_MAX)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        if self._context is not None:
            kwargs["ssl_context"] = self._context
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = POOLS

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        conn.cert_reqs = "CERT_REQUIRED"

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        """Send it. Raises ValueError for what could change a host (contract 20)."""
        if request.method not in ALLOWED or request.body is not None:
            raise ValueError(f"{request.method} is not a call that only reads")
        return super().send(request, *args, **kwargs)


class Session:
    """The connections to one agent. Whatever goes wrong is Trouble, without the URL in its words:
    a query may be a secret. Bound it in time from outside: an agent may drip its headers."""

    def __init__(self, options: JsonOptions) -> None:
        self._options = options
        self._adapter: Adapter | None = None
        self._context: ssl.SSLContext | None = None
        self._prepared: dict[str, PreparedRequest] = {}
        self.bytes_in = 0

    def get(self, url: str, accept: str, etag: str | None, read_secs: float) -> Response:
        """The beginning of the answer; whoever gets it must close it or read it to its end. Raises
        Trouble."""
        connect_secs = min(self._options.connect_secs, read_secs)
        adapter = self._ready(url)
        try:
            request = self._request(url, accept)
            if etag is not None:
                request = request.copy()
                request.headers["If-None-Match"] = etag
            return _sent(adapter, request, (connect_secs, read_secs))
        except (RequestException, HTTPError, UnicodeError) as error:
            raise trouble_of(error) from None

    def body(self, response: Response) -> Iterator[bytes]:
        """The whole of the answer in pieces. Raises Trouble where it is too long or ends early."""
        left = self._options.reply_bytes_max
        if (response.raw.length_remaining or 0) > left:
            raise Trouble(Miss.DECODE, f"an answer of more than {left} bytes is announced")
        while data := self.some(response):
            left -= len(data)
            if left < 0:
                raise Trouble(
                    Miss.DECODE, f"an answer of more than {self._options.reply_bytes_max} bytes"
                )
            yield data

    def some(self, response: Response) -> bytes:
        """What has come of the answer, waiting for some; empty at its end. Raises Trouble."""
        try:
            data: bytes = response.raw.read1(_CHUNK_BYTES)
        except (HTTPError, OSError) as error:
            raise trouble_of(error) from None
        self.bytes_in += len(data)
        return data

    def close(self) -> None:
        """Close the connections that nobody uses just now."""
        if self._adapter is not None:
            self._adapter.close()
            self._adapter = None

    def _ready(self, url: str) -> Adapter:
        """The connections; files that were renewed since make new ones."""
        context = context_of(self._options) if url.startswith("https:") else None
        if self._adapter is None or context is not self._context:
            self.close()
            self._adapter, self._context = Adapter(context), context
        return self._adapter

    def _request(self, url: str, accept: str) -> PreparedRequest:
        if url not in self._prepared:
            headers = {
                "Accept": accept,
                "Accept-Encoding": "identity",  # what is small when packed may be huge
                "User-Agent": f"vurti/{__version__}",
            }
            if self._options.token is not None:
                headers["Authorization"] = f"Bearer {self._options.token.reveal()}"
            self._prepared[url] = Request("GET", url, headers=headers).prepare()
        return self._prepared[url]


def _sent(adapter: Adapter, request: PreparedRequest, secs: tuple[float, float]) -> Response:
    """Send it, and once more where a pooled connection turns out to have been closed meanwhile."""
    try:
        return adapter.send(request, stream=True, timeout=secs)
    except NoConnection as error:
        if not any(isinstance(one, ConnectionResetError) for one in causes(error)):
            raise
    return adapter.send(request, stream=True, timeout=secs)


def trouble_of(error: Exception) -> Trouble:
    """The cause in a few words, dug out of all that wraps it."""
    for one in causes(error):
        if isinstance(one, ssl.SSLError):
            return Trouble(Miss.NETWORK, f"no TLS: {words(one)}")
        if isinstance(one, TimeoutError | OSError) and "timed out" in str(one).lower():
            return Trouble(Miss.TIMEOUT, "no answer in time")
    for one in causes(error):
        if isinstance(one, OSError) and one.strerror:
            return Trouble(Miss.NETWORK, one.strerror)
    return Trouble(Miss.NETWORK, f"the connection failed: {type(causes(error)[-1]).__name__}")
