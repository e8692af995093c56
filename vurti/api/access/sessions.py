"""Sessions of browsers: a cookie that no script can read stands for a token that was shown once."""

import secrets
from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple

from vurti.api.access.tokens import Token, digest_of

SESSIONS_MAX = 1000
SESSION_SECS = 12 * 3600.0


class _Session(NamedTuple):
    token: Token
    until: float


class Sessions:
    """Kept in memory, so that a restart of vurti ends them all; the oldest goes where there are too
    many. Only the digest of a cookie is kept."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._sessions: OrderedDict[str, _Session] = OrderedDict()

    def __len__(self) -> int:
        return len(self._sessions)

    def begin(self, token: Token) -> str:
        """The cookie of a new session."""
        cookie = secrets.token_urlsafe(32)
        self._sessions[digest_of(cookie)] = _Session(token, self._now() + SESSION_SECS)
        while len(self._sessions) > SESSIONS_MAX:
            self._sessions.popitem(last=False)
        return cookie

    def find(self, cookie: str) -> Token | None:
        """By whose token the session began, unless it is over."""
        found = self._sessions.get(digest_of(cookie))
        if found is None:
            return None
        if found.until <= self._now():
            self.end(cookie)
            return None
        return found.token

    def end(self, cookie: str) -> None:
        """It is over. Harmless where it was already."""
        self._sessions.pop(digest_of(cookie), None)
