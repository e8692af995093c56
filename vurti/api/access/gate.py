"""Who is let in: asked before every request, and nothing is answered without it."""

from collections.abc import Callable
from http import HTTPStatus
from math import ceil
from typing import NamedTuple, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Request, Response, g, request
from loguru import logger

from vurti.api.access.rate import Rate
from vurti.api.access.sessions import Sessions
from vurti.api.access.tokens import Role, Token, TokenError, Tokens
from vurti.api.problems import Problem
from vurti.wire.words import printable

T = TypeVar("T")

COOKIE = "vurti_session"
TRIES_AT_ONCE, TRIES_PER_SEC = 10, 0.2
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class Caller(NamedTuple):
    """Who asks. `token` is None where nobody needs one; `by_cookie`: it is a browser."""

    name: str
    token: Token | None = None
    by_cookie: bool = False

    def may(self, role: Role) -> bool:
        """Without any token everybody may read, and nobody more."""
        return self.token.may(role) if self.token is not None else role is Role.READ


class Gate:
    """`open_to_readers` lets everybody read while there is no token at all: for this machine only.
    `wall` gives seconds since 1970, `now` monotonic ones."""

    def __init__(
        self,
        tokens: Tokens,
        *,
        now: Callable[[], float],
        wall: Callable[[], float],
        open_to_readers: bool,
        requests_per_sec: float,
        secure: bool = False,
    ) -> None:
        self.tokens, self.sessions = tokens, Sessions(now)
        self.tries = Rate(TRIES_PER_SEC, TRIES_AT_ONCE, now)
        self.requests = Rate(requests_per_sec, max(10, ceil(2 * requests_per_sec)), now)
        self.secure = secure
        self._wall, self._open = wall, open_to_readers

    def guard(self, app: Flask, is_free: Callable[[Request], bool]) -> None:
        """Ask before every request of the application but those that are free."""

        @app.before_request
        def ask() -> None:
            if not is_free(request):
                g.caller = self._let_in(request)

        @app.after_request
        def audit(response: Response) -> Response:
            if request.method in UNSAFE:
                self._tell(response)
            return response

    def caller(self) -> Caller:
        """Who asks just now."""
        found = g.caller
        assert isinstance(found, Caller)
        return found

    def log_in(self, secret: str) -> tuple[Token, str]:
        """The token that it is, and the cookie of a session by it. Raises Problem."""
        self._not_too_often(self.tries, _address(request))
        token = self._find(secret)
        if token is None:
            raise Problem(HTTPStatus.UNAUTHORIZED, "there is no such token")
        g.caller = Caller(token.name, token, by_cookie=True)
        return token, self.sessions.begin(token)

    def _let_in(self, asked: Request) -> Caller:
        caller = self._known(asked)
        self._not_too_often(self.requests, caller.name)
        needed = Role.OPERATE if asked.method in UNSAFE else Role.READ
        if not caller.may(needed):
            raise Problem(HTTPStatus.FORBIDDEN, f"that takes a token with the role {needed}")
        if caller.by_cookie and asked.method in UNSAFE and not _of_our_page(asked):
            raise Problem(HTTPStatus.FORBIDDEN, "a browser may do that from vurti's own page only")
        return caller

    def _known(self, asked: Request) -> Caller:
        kind, _, secret = asked.headers.get("Authorization", "").partition(" ")
        if kind:
            return self._by_token(kind, secret.strip(), _address(asked))
        if (cookie := asked.cookies.get(COOKIE)) is not None:
            token = self.sessions.find(cookie)
            if token is not None and self._is_valid(token):
                return Caller(token.name, token, by_cookie=True)
        if self._open and not self._list():
            return Caller(_address(asked))
        raise _unknown("show a token: Authorization: Bearer …")

    def _by_token(self, kind: str, secret: str, address: str) -> Caller:
        token = self._find(secret) if kind.lower() == "bearer" else None
        if token is None:
            self._not_too_often(self.tries, address)
            raise _unknown("there is no such token")
        return Caller(token.name, token)

    def _not_too_often(self, rate: Rate, key: str) -> None:
        if secs := rate.take(key):
            detail = f"again in {ceil(secs)} s"
            raise Problem(HTTPStatus.TOO_MANY_REQUESTS, detail, again_secs=ceil(secs))

    def _find(self, secret: str) -> Token | None:
        return _told(lambda: self.tokens.find(secret, self._wall()))

    def _is_valid(self, token: Token) -> bool:
        return _told(lambda: self.tokens.is_valid(token, self._wall()))

    def _list(self) -> tuple[Token, ...]:
        return _told(self.tokens.list)

    def _tell(self, response: Response) -> None:
        """Who changes something, or tries to, is in the log."""
        caller = getattr(g, "caller", None)
        who = caller.name if caller is not None else "somebody"
        words = (who, _address(request), request.method, request.path, response.status_code)
        logger.bind(audit=True).info("audit: {} at {}: {} {}: {}", *map(_shown, words))


def _told(ask: Callable[[], T]) -> T:
    try:
        return ask()
    except TokenError as error:
        logger.error("nobody is let in: {}", error)
        raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, "tokens cannot be read") from None


def _unknown(detail: str) -> Problem:
    return Problem(HTTPStatus.UNAUTHORIZED, detail)


def _address(asked: Request) -> str:
    return asked.remote_addr or "this machine"


def _shown(word: object) -> str:
    return printable(str(word))[:200]


def _of_our_page(asked: Request) -> bool:
    """Browsers say where a request comes from; the cookie alone says only whose browser it is."""
    site = asked.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = asked.headers.get("Origin")
    return origin is not None and urlsplit(origin).netloc == asked.host
