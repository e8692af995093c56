"""The sources: kinds of endpoints, found by the scheme of a host's URL. docs/sources.md."""

from urllib.parse import urlsplit

from vurti.clock import Clock
from vurti.errors import VurtiError
from vurti.model import Host
from vurti.sources.options import SourceOptions
from vurti.sources.registry import GROUP, SCHEMES, SourceError, names, source_named, source_of
from vurti.streams.endpoint import Endpoint
from vurti.streams.source import Source

__all__ = [
    "GROUP", "SCHEMES", "Source", "SourceError", "SourceOptions", "flaw", "names", "open_endpoint",
    "source_named", "source_of",
]  # fmt: skip


def open_endpoint(host: Host, clock: Clock, options: SourceOptions) -> Endpoint:
    """An endpoint for `host`, not opened yet. Raises VurtiError for a URL that cannot be used, and
    where the source itself fails: SourceError names it then."""
    try:
        source = source_of(urlsplit(host.url).scheme)
    except SourceError as error:
        raise SourceError(f"host {host.id}: {error.what}", error.way_out) from None
    try:
        return source.open_endpoint(host, clock, options.of(source.name))
    except VurtiError:
        raise
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"
        raise SourceError(f"host {host.id}: the source {source.name!r} failed: {reason}") from error


def flaw(url: str) -> tuple[str, str] | None:
    """What is wrong with a host's URL, and the way out; None where nothing is."""
    try:
        scheme = urlsplit(url).scheme
    except ValueError as error:
        return f"is no URL: {error}", "write SCHEME://HOST/…"
    try:
        source = source_of(scheme)
    except SourceError as error:
        return error.what, error.way_out
    try:
        wrong = source.check(url)
    except Exception as error:  # noqa: BLE001 - a plug-in's mistake must not take the others along
        reason = f"{type(error).__name__}: {error}"
        return f"the source {source.name!r} failed to check it: {reason}", ""
    return None if wrong is None else (wrong, "")
