"""POST over `requests`: connections that are kept, answers that are bounded in size and time.

Of requests only the adapter is used, so that nothing of the environment (proxies, CA bundles,
.netrc) can come between a host and us.
"""

import ssl
from http.client import HTTPException
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests.exceptions import ConnectTimeout, ReadTimeout, RequestException, SSLError
from urllib3.exceptions import HTTPError, NameResolutionError, ReadTimeoutError

from vurti.clock import Clock
from vurti.model import Miss
from vurti.sources.dial import Tls, Trouble, context_of, words
from vurti.sources.vdsm_xmlrpc.address import Address
from vurti.sources.vdsm_xmlrpc.options import VdsmXmlRpcOptions

CONNECTIONS_MAX = 4  # a question has one each
_CHUNK_BYTES = 65536
_HEADERS = {"Content-Type": "text/xml", "Accept-Encoding": "identity", "User-Agent": "vurti"}


class Poster:
    """Posts to one host. Any number of posts may be under way."""

    def __init__(self, where: Address, clock: Clock, options: VdsmXmlRpcOptions) -> None:
        self.bytes_in = self.bytes_out = 0
        self._where, self._clock, self._options = where, clock, options
        self._prepared: dict[bytes, requests.PreparedRequest] = {}
        self._adapter: HTTPAdapter | None = None
        self._context: ssl.SSLContext | None = None

    def post(self, body: bytes, until: float) -> bytes:
        """The body of the answer. Raises Trouble where there is none by `until` (monotonic).

        A host that lets single bytes drip into the head of its answer is not noticed here: let a
        task do it that can be killed, and `renew` then."""
        try:
            return self._post(body, until)
        except (RequestException, HTTPError, HTTPException, OSError) as error:
            raise self._trouble(error) from None

    def renew(self) -> None:
        """Close what is idle; whatever comes next goes over new connections."""
        adapter, self._adapter = self._adapter, None
        if adapter is not None:
            adapter.close()

    def _post(self, body: bytes, until: float) -> bytes:
        secs = self._left(until)
        response = self._ready().send(
            self._request(body), stream=True, timeout=(min(secs, self._options.connect_secs), secs)
        )
        self.bytes_out += len(body)
        raw = response.raw
        try:
            self._must_be_fine(response)
            answer = self._read(raw, until)
        except BaseException:
            raw.close()  # with its connection: what is left unread would be taken for an answer
            raise
        return answer

    def _must_be_fine(self, response: requests.Response) -> None:
        status = response.status_code
        if status != 200:
            kind = Miss.BAD_REPLY if status < 500 else Miss.NETWORK
            kind = Miss.OVERLOADED if status == 503 else kind
            hint = ": no XML-RPC here; hosts since oVirt 4.2 need vdsm://" if status == 404 else ""
            raise Trouble(kind, f"{self._where.place}: HTTP status {status}{hint}")
        coding = response.headers.get("Content-Encoding", "identity")
        if coding != "identity":
            raise Trouble(Miss.BAD_REPLY, f"an answer in a coding not asked for: {coding!r:.40}")

    def _read(self, raw: Any, until: float) -> bytes:
        most, size = self._options.reply_bytes_max, 0
        parts: list[bytes] = []
        while part := raw.read1(_CHUNK_BYTES, decode_content=False):
            size += len(part)
            self.bytes_in += len(part)
            if size > most:
                raise Trouble(Miss.DECODE, f"decode: an answer of more than {most} bytes")
            self._left(until)
            parts.append(part)
        return b"".join(parts)

    def _left(self, until: float) -> float:
        secs = until - self._clock.now()
        if secs <= 0:
            raise Trouble(Miss.TIMEOUT, f"{self._where.place}: no whole answer in time")
        return secs

    def _request(self, body: bytes) -> requests.PreparedRequest:
        prepared = self._prepared.get(body)
        if prepared is None:
            request = requests.Request("POST", self._where.url, dict(_HEADERS), data=body)
            prepared = request.prepare()
            if len(self._prepared) < CONNECTIONS_MAX + 1:  # those of every poll, and no VM's own
                self._prepared[body] = prepared
        return prepared

    def _ready(self) -> HTTPAdapter:
        context = self._tls_context() if self._where.tls else None
        if self._adapter is None or context is not self._context:  # certificates were renewed
            self.renew()
            self._context = context
            self._adapter = _Adapter(context)
        return self._adapter

    def _tls_context(self) -> ssl.SSLContext:
        mine = self._options
        files = (mine.ca_path, mine.cert_path, mine.key_path)
        context: ssl.SSLContext = context_of(Tls(*files, mine.tls_minimum, mine.check_hostname))
        return context

    def _trouble(self, error: Exception) -> Trouble:
        place, cause = self._where.place, _cause(error)
        if isinstance(cause, NameResolutionError):
            return Trouble(Miss.NAME_RESOLUTION, f"{place}: no such name")
        if isinstance(error, ConnectTimeout | ReadTimeout | ReadTimeoutError | TimeoutError):
            return Trouble(Miss.TIMEOUT, f"{place}: no answer in time")
        if isinstance(error, SSLError) or isinstance(cause, ssl.SSLError):
            return Trouble(Miss.NETWORK, f"{place}: no TLS: {words(cause)}")
        return Trouble(Miss.NETWORK, f"{place}: {words(cause)}")


class _Adapter(HTTPAdapter):
    """One host's connections, over TLS with a context that is ours: requests would put its own
    authorities into it, or switch its checks off."""

    def __init__(self, context: ssl.SSLContext | None) -> None:
        self._context = context
        super().__init__(pool_connections=1, pool_maxsize=CONNECTIONS_MAX)

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: Any, cert: Any = None
    ) -> tuple[Any, Any]:  # of dicts, whose types requests keeps to itself
        where, _ = super().build_connection_pool_key_attributes(request, True, None)
        if self._context is None:
            return where, {}
        unchecked = {} if self._context.check_hostname else {"assert_hostname": False}
        return where, {"ssl_context": self._context, **unchecked}

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Nothing: the context says it all."""


def _cause(error: Exception) -> Exception:
    """What was at the bottom of it: each library on the way has wrapped it once more."""
    while True:
        inner = getattr(error, "reason", None) or next(iter(error.args[::-1]), None)
        inner = inner if isinstance(inner, Exception) else error.__cause__
        if not isinstance(inner, Exception) or isinstance(error, NameResolutionError):
            return error
        error = inner
