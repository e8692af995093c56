"""An HTTP server: few connections or many, each with limits."""

import os
import stat
from contextlib import suppress
from ssl import SSLContext
from typing import Any, NamedTuple, cast
from wsgiref.types import WSGIApplication

import gevent
from gevent import socket
from gevent.pool import Pool
from gevent.pywsgi import WSGIHandler, WSGIServer
from loguru import logger

from vurti.clock import Clock, Task
from vurti.config.listen import Place

BACKLOG = 128
RETRY_SECS = 5.0
"""An address that cannot be had may come to be free: a vurti before us may still be leaving."""

STOP_SECS = 0.5


class Limits(NamedTuple):
    """`idle_secs` is how long a client may take for one step: its request, or reading what it asked
    for. A connection is closed after `connection_secs`, whatever goes on in it."""

    connections_max: int = 32
    idle_secs: float = 5.0
    connection_secs: float | None = 60.0


FEW = Limits()


class Listener:
    """Answers at one place from `start` to `close`. Where that cannot be had, vurti goes on without
    it, says so, and tries again: watching must not end because nobody can look on."""

    def __init__(
        self,
        clock: Clock,
        place: Place,
        answer: WSGIApplication,
        *,
        what: str = "/metrics, /livez and /readyz",
        limits: Limits = FEW,
        tls: SSLContext | None = None,
    ) -> None:
        """`what` is answered, in words."""
        self._clock, self._place, self._answer = clock, place, answer
        self._what, self._limits, self._tls = what, limits, tls
        self._server: _Server | None = None
        self._trying: Task | None = None
        self.refused: str | None = None
        """Why it could not listen when it was last tried; None where it could, or was not tried."""

    @property
    def url(self) -> str | None:
        """Where it answers; None while it does not."""
        if self._server is None:
            return None
        if self._place.path:
            return str(self._place)
        scheme = "http" if self._tls is None else "https"
        return f"{scheme}://{self._place._replace(port=self._server.socket.getsockname()[1])}"

    def start(self) -> None:
        """Listen, now or once that can be. Returns at once."""
        self.refused = self._try()
        if self.refused is not None:
            logger.warning(
                "cannot listen at {}: {}; {} are not answered until it is free",
                self._place, self.refused, self._what,
            )  # fmt: skip
            self._trying = self._clock.spawn(self._try_again)

    def close(self) -> None:
        """Listen no more. May be called twice."""
        if self._trying is not None:
            self._trying.kill()
        if self._server is not None:
            self._server.stop(timeout=STOP_SECS)
            self._server = None
            self._remove_socket()

    def _try_again(self) -> None:
        while self.refused is not None:
            self._clock.sleep_until(self._clock.now() + RETRY_SECS)
            self.refused = self._try()

    def _try(self) -> str | None:
        """None where it listens now, else why not."""
        try:
            sock = _unix(self._place) if self._place.path else _tcp(self._place)
        except OSError as error:
            return error.strerror or str(error)
        names = {"SERVER_NAME": self._place.host or "localhost"}  # which it would else look up
        tls: Any = {"ssl_context": self._tls} if self._tls is not None else {}
        self._server = _Server(
            sock,
            self._answer,
            spawn=Pool(self._limits.connections_max),
            log=None,
            error_log=None,
            handler_class=_Connection,
            environ=names,
            **tls,
        )
        self._server.limits = self._limits
        self._server.start()
        logger.info("answering {} at {}", self._what, self.url)
        return None

    def _remove_socket(self) -> None:
        if self._place.path:
            with suppress(OSError):
                os.unlink(self._place.path)


def _tcp(place: Place) -> socket.socket:
    found = socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
    family, kind, protocol, _, target = found[0]
    return _bound(socket.socket(family, kind, protocol), target)


def _unix(place: Place) -> socket.socket:
    """For its owner and group. What a vurti that died has left there is removed."""
    path = place.path
    if _is_dead(path):
        os.unlink(path)
    before = os.umask(0o117)
    try:
        return _bound(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM), path)
    finally:
        os.umask(before)


def _is_dead(path: str) -> bool:
    try:
        if not stat.S_ISSOCK(os.stat(path).st_mode):
            return False
    except FileNotFoundError:
        return False
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(path)
        except ConnectionRefusedError:
            return True
    return False


def _bound(sock: socket.socket, target: Any) -> socket.socket:
    try:
        if sock.family != socket.AF_UNIX:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(target)
        sock.listen(BACKLOG)
        sock.setblocking(False)
    except BaseException:
        sock.close()
        raise
    return sock


class _Over(BaseException):
    """The time of a connection is over. Not an error: nobody may take it for one of his own."""


class _Server(WSGIServer):
    """With limits, also for the time that TLS takes to begin."""

    limits = Limits()

    def wrap_socket_and_handle(self, client_socket: Any, address: Any) -> None:
        """A client that does not get through the beginning of TLS is its own affair."""
        client_socket.settimeout(self.limits.idle_secs)
        with suppress(OSError):
            super().wrap_socket_and_handle(client_socket, address)


class _Connection(WSGIHandler):
    """One connection. What is wrong with a request is its sender's own; only bugs are logged."""

    def handle(self) -> None:
        """Serve it as long as it may last."""
        limits = cast("_Server", self.server).limits
        self.socket.settimeout(limits.idle_secs)
        with suppress(_Over), gevent.Timeout(limits.connection_secs, _Over):
            super().handle()

    def handle_error(self, kind: Any, error: Any, trace: Any) -> None:
        """Answer 500, unless it is only that the client went away or its time is over; 503 to whom
        there was no time to answer before we end."""
        self.close_connection = True
        if isinstance(error, (OSError, _Over)):
            return
        if isinstance(error, gevent.GreenletExit):
            self._refuse("503 Service Unavailable", ("Retry-After", str(int(RETRY_SECS))))
        else:
            logger.opt(exception=error).error("a page raised: {!r}", self.path)
            self._refuse("500 Internal Server Error")

    def _refuse(self, status: str, *more: tuple[str, str]) -> None:
        if not self.headers_sent:
            headers = [("Content-Length", "0"), ("Connection", "close"), *more]
            with suppress(OSError):
                self.start_response(status, headers)
                self.write(b"")

    def _handle_client_error(self, _error: Exception) -> tuple[str, bytes]:
        answer = b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-length: 0\r\n\r\n"
        return "400", answer
