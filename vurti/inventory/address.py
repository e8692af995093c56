"""An HTTP address that answers with an inventory, asked in a worker by requests."""

import ssl
import time
from urllib.parse import urlsplit

from requests import Request, Response
from requests.exceptions import RequestException
from urllib3.exceptions import HTTPError

from vurti import __version__
from vurti.inventory.answer import Failed, Unchanged
from vurti.inventory.settings import InventorySettings
from vurti.outgoing import Adapter, client_context, reason_of

_CHUNK_BYTES = 65_536


class Address:
    """GETs the `url` of `settings`, by a connection of its own each time, and nothing else: it
    follows no redirection, since the token is for this address alone. What is answered with an ETag
    is asked for only where it has changed. No failure shows the URL: it may hold a secret."""

    def __init__(self, settings: InventorySettings) -> None:
        self._settings = settings
        self._etag: str | None = None
        self._adapter: Adapter | None = None

    def fetch(self) -> bytes | Unchanged | Failed:
        """The body. Blocks: bound it in time by `abort`, since an answer may come in drips."""
        deadline = time.monotonic() + self._settings.timeout_secs
        try:
            with Adapter(self._context()) as adapter:
                self._adapter = adapter
                response = self._sent(adapter)
                with response:
                    return self._read(response, deadline)
        except (RequestException, HTTPError, OSError, UnicodeError) as error:
            return Failed(reason_of(error))

    def abort(self) -> None:
        """Let a fetch that is under way fail at once. May be called from any thread."""
        if self._adapter is not None:
            self._adapter.cut()

    def close(self) -> None:
        """Nothing is fetched any more."""
        self.abort()

    def _sent(self, adapter: Adapter) -> Response:
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
        return client_context(self._settings.ca_path)
