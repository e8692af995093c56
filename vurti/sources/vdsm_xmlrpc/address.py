"""A host's URL, as the URL that its XML-RPC is asked at."""

from typing import NamedTuple
from urllib.parse import SplitResult, parse_qs, urlsplit

from vurti.errors import VurtiError
from vurti.sources.vdsm_xmlrpc.options import VdsmXmlRpcOptions

SCHEMES = ("vdsm+https", "vdsm+http")
PORT = 54321
PATH = "/RPC2"

_TLS_VERSIONS = ("1.0", "1.1", "1.2", "1.3")


class UrlError(VurtiError):
    """A host's URL that cannot be used; the text says what to write instead."""


class Address(NamedTuple):
    """Where to post to. `tls_minimum` is set where the URL has its own word on it."""

    url: str
    place: str  # name and port, for people
    tls_minimum: str | None = None

    @property
    def secure(self) -> bool:
        """Whether it is reached over TLS."""
        return self.url.startswith("https:")

    def oldest_tls(self, options: VdsmXmlRpcOptions) -> str:
        """The oldest version of TLS that is spoken with it."""
        return self.tls_minimum or options.tls_minimum


def address(url: str) -> Address:
    """The address that `url` names. Raises UrlError."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise UrlError(f"{url!r}: {error}") from None
    if parts.scheme not in SCHEMES:
        raise UrlError(f"{url!r}: a scheme of {', '.join(SCHEMES)} is needed")
    if parts.username is not None:
        shown = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
        raise UrlError(f"{shown!r}: vdsm knows no users: leave away what is before the @")
    if not host or port == 0 or not url.isascii() or not url.isprintable() or " " in url:
        raise UrlError(f"{url!r}: write {parts.scheme}://HOST[:PORT]")
    if parts.path not in ("", "/", PATH) or parts.fragment:
        raise UrlError(f"{url!r}: vdsm answers at {PATH} alone: write {parts.scheme}://HOST[:PORT]")
    place = f"[{host}]:{port or PORT}" if ":" in host else f"{host}:{port or PORT}"
    scheme = parts.scheme.removeprefix("vdsm+")
    return Address(f"{scheme}://{place}{PATH}", place, _tls_minimum(url, parts))


def _tls_minimum(url: str, parts: SplitResult) -> str | None:
    try:
        query = parse_qs(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    except ValueError as error:
        raise UrlError(f"{url!r}: {error}") from None
    if unknown := query.keys() - {"tls_minimum"}:
        raise UrlError(f"{url!r}: only ?tls_minimum= is known here, not {min(unknown)}")
    if not query:
        return None
    wanted = query["tls_minimum"][-1]
    if parts.scheme != "vdsm+https" or wanted not in _TLS_VERSIONS:
        raise UrlError(f"{url!r}: ?tls_minimum= is one of {', '.join(_TLS_VERSIONS)}, for TLS only")
    return wanted
