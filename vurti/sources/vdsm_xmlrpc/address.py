"""A host's URL, as the URL that its XML-RPC is asked at and the options that are its own."""

from typing import NamedTuple
from urllib.parse import SplitResult, parse_qsl, urlsplit

from pydantic import ValidationError

from vurti.errors import VurtiError
from vurti.sources.vdsm_xmlrpc.options import VdsmXmlRpcOptions

SCHEMES = ("vdsm+https", "vdsm+http")
PORT = 54321
PATH = "/RPC2"

OWN_OPTIONS = frozenset({"tls_minimum", "check_hostname"})
"""What may stand in the URL of one host, as it does in `[sources.vdsm_xmlrpc]` for all."""


class UrlError(VurtiError):
    """A host's URL that cannot be used; the text says what to write instead."""


class Address(NamedTuple):
    """Where to post to. `place` is its name and port, for people."""

    url: str
    place: str
    tls: bool


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
    return Address(f"{scheme}://{place}{PATH}", place, scheme == "https")


def own_options(url: str, options: VdsmXmlRpcOptions) -> VdsmXmlRpcOptions:
    """The options for the host that `url` names, where it may change some. Raises UrlError."""
    query = _query(url, urlsplit(url))
    try:
        changed = {**options.model_dump(), **query}
        return VdsmXmlRpcOptions.model_validate(changed) if query else options
    except ValidationError as error:
        flaws = "; ".join(f"{flaw['loc'][0]}: {flaw['msg']}" for flaw in error.errors())
        raise UrlError(f"{url!r}: {flaws}") from None


def check(url: str) -> str | None:
    """What is wrong with a URL, None where nothing is."""
    try:
        address(url)
        own_options(url, VdsmXmlRpcOptions())
    except UrlError as error:
        return str(error)
    return None


def _query(url: str, parts: SplitResult) -> dict[str, str]:
    try:
        query = dict(
            parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
        )
    except ValueError as error:
        raise UrlError(f"{url!r}: {error}") from None
    if unknown := query.keys() - OWN_OPTIONS:
        known = ", ".join(sorted(OWN_OPTIONS))
        raise UrlError(f"{url!r}: {', '.join(sorted(unknown))}: in a URL may be set {known}")
    if query and parts.scheme != "vdsm+https":
        raise UrlError(f"{url!r}: {', '.join(sorted(query))} is for TLS: write vdsm+https://")
    return query
