"""A vdsm host's URL, as the address to connect to and the options that are its own."""

from typing import NamedTuple
from urllib.parse import SplitResult, parse_qsl, urlsplit

from pydantic import ValidationError

from vurti.errors import VurtiError
from vurti.sources.vdsm.options import VdsmOptions

SCHEMES = ("vdsm", "vdsm+tcp")
PORT = 54321
OWN_OPTIONS = frozenset({"dialect", "short_polls", "pushes", "tls_minimum", "check_hostname"})
"""What may stand in the URL of one host, as it does in `[sources.vdsm]` for all."""


class UrlError(VurtiError):
    """A host's URL that cannot be used; the text says what to write instead."""


class Address(NamedTuple):
    """Where a host is, and whether TLS is spoken there."""

    host: str
    port: int
    tls: bool

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def address(url: str) -> Address:
    """The address that `url` names. Raises UrlError."""
    parts = urlsplit(url)
    if parts.scheme not in SCHEMES:
        raise UrlError(f"{url!r}: a scheme of {', '.join(SCHEMES)} is needed")
    if parts.username is not None:
        raise UrlError(f"{url!r}: vdsm knows no user names: leave {parts.username}@ away")
    if parts.path not in ("", "/") or parts.fragment:
        raise UrlError(f"{url!r}: write {parts.scheme}://{parts.netloc}")
    try:
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise UrlError(f"{url!r}: {error}") from None
    if not host or port == 0:
        raise UrlError(f"{url!r}: write {parts.scheme}://HOST[:PORT]")
    return Address(host, port or PORT, parts.scheme == "vdsm")


def own_options(url: str, options: VdsmOptions) -> VdsmOptions:
    """The options for the host that `url` names, where it may change some. Raises UrlError."""
    query = _query(url, urlsplit(url))
    try:
        return VdsmOptions.model_validate({**options.model_dump(), **query}) if query else options
    except ValidationError as error:
        flaws = "; ".join(f"{flaw['loc'][0]}: {flaw['msg']}" for flaw in error.errors())
        raise UrlError(f"{url!r}: {flaws}") from None


def check(url: str) -> str | None:
    """What is wrong with a URL, None where nothing is."""
    try:
        address(url)
        own_options(url, VdsmOptions())
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
    return query
