"""The keys of a table `[sinks.NAME]` with `kind = "webhook"`."""

import base64
import binascii
import re
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from vurti.settings import Secret
from vurti.streams.sink import SinkSettings

ENCODED = "whsec_"
_NAME = re.compile(r"[A-Za-z0-9_-]+")
_OWN_HEADERS = frozenset({"content-type", "content-length", "host", "user-agent", "connection"})


class WebhookSettings(SinkSettings):
    """Events are posted as CloudEvents 1.0 in JSON, signed as the Standard Webhooks are."""

    kind: Literal["webhook"] = "webhook"
    """What kind of sink it is."""

    url: Secret
    """Where they are posted: https://… or http://… It may hold a secret, so it is never shown."""

    mode: Literal["batch", "single"] = "batch"
    """Several events in one request (`application/cloudevents-batch+json`), or one in each."""

    secret: Secret | None = None
    """Signs each request, so that the receiver knows whose it is: a text, or `whsec_` and base64.
    Best written as `${env:…}`."""

    old_secret: Secret | None = None
    """The one that was `secret` before: requests are signed by both until the receiver knows."""

    headers: dict[str, Secret] = Field({})
    """Further headers, such as `Authorization`."""

    ca_path: Path | None = None
    """Who signed the receiver's certificate; not set: the authorities that this machine trusts."""

    cert_path: Path | None = None
    """Our own certificate, for receivers that want one."""

    key_path: Path | None = None
    """The private key of our own certificate."""

    connect_secs: float = Field(5.0, gt=0, le=600)
    """So long may a connection take, TLS included."""

    @property
    def items_max(self) -> int:
        return 1 if self.mode == "single" else self.batch_max

    @field_validator("url")
    @classmethod
    def _is_http(cls, url: Secret) -> Secret:
        try:
            parts = urlsplit(url.reveal())
            good = parts.scheme in {"http", "https"} and bool(parts.hostname)
            good = good and parts.port != 0 and url.reveal().isprintable()
        except ValueError:
            good = False
        if not good:
            raise ValueError("a webhook's url is https://HOST/… or http://HOST/…")
        return url

    @field_validator("secret", "old_secret")
    @classmethod
    def _can_sign(cls, secret: Secret | None) -> Secret | None:
        if secret is not None:
            key_of(secret)
        return secret

    @field_validator("headers")
    @classmethod
    def _are_headers(cls, headers: dict[str, Secret]) -> dict[str, Secret]:
        for name, value in headers.items():
            if not _NAME.fullmatch(name):
                raise ValueError(f"{name!r} is no name of a header")
            if name.lower() in _OWN_HEADERS or name.lower().startswith("webhook-"):
                raise ValueError(f"the header {name} is set by vurti itself")
            if not (value.reveal().isascii() and value.reveal().isprintable()):
                raise ValueError(f"the header {name} is not printable ASCII")
        return headers

    @model_validator(mode="after")
    def _certificate_with_its_key(self) -> Self:
        if (self.cert_path is None) != (self.key_path is None):
            raise ValueError("cert_path and key_path belong together: set both or none")
        return self


def key_of(secret: Secret) -> bytes:
    """The bytes that sign. Raises ValueError, which does not show them."""
    text = secret.reveal()
    if text.startswith(ENCODED):
        try:
            key = base64.b64decode(text.removeprefix(ENCODED), validate=True)
        except binascii.Error:
            raise ValueError("what stands behind whsec_ is no base64") from None
    else:
        key = text.encode("utf-8", "surrogateescape")
    if len(key) < 16:
        raise ValueError("a secret of less than 16 bytes protects nothing")
    return key
