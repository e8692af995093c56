"""The URL of an agent or bridge, and which of its hosts is meant."""

from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urlsplit

from vurti.errors import VurtiError

SCHEMES = ("json+https", "json+http")
OURS = ("question", "follow")
"""Parameters that we put to a URL ourselves."""


class UrlError(VurtiError):
    """A host's URL that cannot be used; the text says what to write instead."""


@dataclass(frozen=True)
class Address:
    """What is asked: `url` is the agent's, without its fragment. `key` is how the agent calls the
    host, empty where that is the host's own id."""

    url: str
    key: str = ""

    def asking(self, name: str, value: str) -> str:
        """The URL with one more parameter."""
        return f"{self.url}{'&' if '?' in self.url else '?'}{name}={value}"

    @property
    def place(self) -> str:
        """Name and port, for people: a query may be a secret, so it is not shown."""
        return urlsplit(self.url).netloc


def address(url: str) -> Address:
    """The address that `url` names. Raises UrlError."""
    parts = urlsplit(url)
    shown = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
    if parts.scheme not in SCHEMES:
        raise UrlError(f"{shown!r}: a scheme of {', '.join(SCHEMES)} is needed")
    if parts.username is not None:
        raise UrlError(f"{shown!r}: no user and password here: a token goes to [sources.json]")
    if not _host(parts, shown):
        raise UrlError(f"{shown!r}: write {parts.scheme}://HOST[:PORT]/PATH")
    if any(pair.partition("=")[0] in OURS for pair in parts.query.split("&")):
        raise UrlError(f"{shown!r}: vurti itself puts {' and '.join(OURS)} to the URL")
    if not url.isascii() or not url.isprintable() or " " in url:
        raise UrlError(f"{shown!r}: write other characters than printable ASCII as %XX")
    asked = parts._replace(scheme=parts.scheme.removeprefix("json+"), fragment="")
    return Address(
        (asked if parts.path else asked._replace(path="/")).geturl(), unquote(parts.fragment)
    )


def _host(parts: SplitResult, shown: str) -> str | None:
    try:
        return None if parts.port == 0 else parts.hostname
    except ValueError as error:
        raise UrlError(f"{shown!r}: {error}") from None


def check(url: str) -> str | None:
    """What is wrong with a URL of ours; None where nothing is."""
    try:
        address(url)
    except UrlError as error:
        return str(error)
    return None
