"""Posts to one receiver by requests, over a pooled connection, in the thread of its sink."""

import ssl
import time
from collections.abc import Sequence

from requests import PreparedRequest, Request
from requests.exceptions import RequestException
from urllib3.exceptions import HTTPError

from vurti import __version__
from vurti.outgoing import Adapter, client_context, reason_of
from vurti.sinks.webhook.answers import outcome_of
from vurti.sinks.webhook.cloud_events import BATCH, SINGLE, batch_of, single
from vurti.sinks.webhook.settings import WebhookSettings, key_of
from vurti.sinks.webhook.signature import message_id, signed_headers
from vurti.streams.sink import Item, Later, Outcome

_ANSWER_BYTES_MAX = 65_536


class WebhookSink:
    """No failure shows the URL or a header: they may hold secrets."""

    def __init__(self, settings: WebhookSettings) -> None:
        self._settings = settings
        self._connections: Adapter | None = None
        secrets = [settings.secret, settings.old_secret]
        self._keys = [key_of(secret) for secret in secrets if secret is not None]
        hidden = [*secrets, settings.url, *settings.headers.values()]
        self._hidden = [one.reveal() for one in hidden if one is not None and one.reveal()]

    def send(self, items: Sequence[Item]) -> Outcome:
        try:
            return self._post(self._request(items))
        except (RequestException, HTTPError, OSError, UnicodeError) as error:
            self.close()  # the certificates may be others by the next time
            return Later(reason_of(error))

    def abort(self) -> None:
        """From any thread."""
        if self._connections is not None:
            self._connections.cut()

    def close(self) -> None:
        if self._connections is not None:
            self._connections.close()
            self._connections = None

    def _post(self, request: PreparedRequest) -> Outcome:
        if self._connections is None:
            self._connections = Adapter(self._context())
        secs = (self._settings.connect_secs, self._settings.timeout_secs)
        response = self._connections.send(request, stream=True, timeout=secs)
        with response:
            said = response.raw.read(_ANSWER_BYTES_MAX, decode_content=False)
            outcome = outcome_of(response, said, self._hidden)
            if response.raw.length_remaining:  # the rest would be taken for the next answer
                response.raw.close()
            return outcome

    def _context(self) -> ssl.SSLContext | None:
        settings = self._settings
        if not settings.url.reveal().lower().startswith("https:"):
            return None
        return client_context(settings.ca_path, settings.cert_path, settings.key_path)

    def _request(self, items: Sequence[Item]) -> PreparedRequest:
        several = self._settings.mode == "batch"
        body = batch_of(items) if several else single(items[0])
        headers = {name: value.reveal() for name, value in self._settings.headers.items()}
        headers["Content-Type"] = BATCH if several else SINGLE
        headers["User-Agent"] = f"vurti/{__version__}"
        id_ = message_id(item.id for item in items)
        headers.update(signed_headers(self._keys, id_, int(time.time()), body))
        return Request("POST", self._settings.url.reveal(), headers=headers, data=body).prepare()
