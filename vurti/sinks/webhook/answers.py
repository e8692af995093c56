"""What an answer of a receiver means: for all, for later, or for one bad event."""

import time
from collections.abc import Iterable
from email.utils import parsedate_to_datetime

from requests import Response

from vurti.streams.sink import Later, Outcome, Taken, Unreadable

ABOUT_THE_EVENT = frozenset({400, 406, 409, 411, 413, 414, 415, 416, 417, 422, 431})
"""These 4xx speak of what was sent. The others speak of us, of the address or of the moment (who is
not let in, a path that is not there): then no event is bad, and all wait until that is mended."""
_SHOWN_MAX = 200


def outcome_of(response: Response, said: bytes, secrets: Iterable[str]) -> Outcome:
    """`said` is the beginning of the answer's body, which may quote what was sent."""
    status = response.status_code
    if 200 <= status < 300:
        return Taken()
    reason = f"HTTP {status}"
    if words := _shown(said, secrets):
        reason += f": {words}"
    if status in ABOUT_THE_EVENT:
        return Unreadable(reason)
    if 300 <= status < 400:
        return Later(f"HTTP {status}: it is elsewhere, and redirections are not followed")
    return Later(reason, _retry_after(response.headers.get("Retry-After")))


def _retry_after(text: str | None) -> float | None:
    """Seconds from now; it may also be said as a date."""
    if text is None:
        return None
    if text.strip().isdigit():
        return float(text)
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0.0, at.timestamp() - time.time())


def _shown(said: bytes, secrets: Iterable[str]) -> str:
    text = said.decode("utf-8", "replace")
    for secret in secrets:
        text = text.replace(secret, "***")
    words = " ".join(text.split())[:_SHOWN_MAX]
    return "".join(one if one.isprintable() else "?" for one in words)
