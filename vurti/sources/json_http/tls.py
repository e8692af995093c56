"""What both sides show each other over `json+https`: one context for all of one setting."""

import ssl
from functools import lru_cache
from pathlib import Path

from vurti.model import Miss
from vurti.outgoing import client_context
from vurti.sources.dial import Trouble, words
from vurti.sources.json_http.options import JsonOptions


def context_of(options: JsonOptions) -> ssl.SSLContext:
    """The context for these options; renewed files make a new one. Raises Trouble."""
    files = (options.ca_path, options.cert_path, options.key_path)
    try:
        changed = tuple(path.stat().st_mtime_ns for path in files if path is not None)
        return _load(files, changed)
    except (OSError, ssl.SSLError) as error:
        names = ", ".join(str(path) for path in files if path is not None)
        raise Trouble(Miss.NETWORK, f"no TLS with {names}: {words(error)}") from None


@lru_cache(maxsize=16)
def _load(files: tuple[Path | None, ...], _: tuple[int, ...]) -> ssl.SSLContext:
    return client_context(*files)
