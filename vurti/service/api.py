"""The API of a run: bound to its adapter and its store, behind a gate and a listener of its own."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar
from wsgiref.types import WSGIApplication

from loguru import logger

from vurti.adapter import PushAdapter
from vurti.clock import Clock
from vurti.clock.gevent_thread import LoopThread
from vurti.config import Config
from vurti.config.api import ApiSettings
from vurti.config.listen import Place
from vurti.config.resolved import resolved
from vurti.errors import StoreError, VurtiError
from vurti.model.commit import Logged
from vurti.model.scope import SYSTEM
from vurti.repository import AllReader, open_all_for_reading
from vurti.service.outside import Outside
from vurti.service.summary import figures_of
from vurti.settings import dotted

if TYPE_CHECKING:  # an HTTP server is loaded where there is one
    from vurti.api.access.gate import Gate
    from vurti.api.listener import Listener
    from vurti.api.stream.hubs import Hubs
    from vurti.api.v1 import Served

T = TypeVar("T")

IDLE_SECS = 30.0


class Asking:
    """A reader of the store in a thread of its own: whoever asks waits, and nobody else. It is
    opened when it is first needed, and anew after it has failed. Made where it is asked."""

    def __init__(self, clock: Clock, config: Config) -> None:
        self._where = config.repository
        self._worker = clock.worker()
        self._reader: AllReader | None = None

    def __call__(self, question: Callable[[AllReader], T]) -> T:
        return self._worker.run(self._ask, question)

    def close(self) -> None:
        self._worker.run(self._close)
        self._worker.close()

    def _ask(self, question: Callable[[AllReader], T]) -> T:
        if self._reader is None:
            self._reader = open_all_for_reading(self._where.url)
        try:
            return question(self._reader)
        except StoreError:
            self._close()
            raise

    def _close(self) -> None:
        if self._reader is not None:
            self._reader.close()
            self._reader = None


class ScopeLog:
    """The log of one scope, for the live stream."""

    def __init__(self, ask: Asking, scope: str) -> None:
        self._ask, self._scope = ask, scope

    def read(self, after: int, limit: int) -> Sequence[Logged]:
        """What is behind the cursor."""
        return self._ask(lambda reader: reader.of(self._scope).log(after, limit))

    def bounds(self) -> tuple[int, int]:
        """The first and last cursor."""
        return self._ask(lambda reader: reader.of(self._scope).log_bounds())


def serve_api(
    outside: Outside, config: Config
) -> tuple["Listener", Callable[[list[Logged]], None]]:
    """Answer at `[api] address` until `outside` is closed; gives what listens there, and what is to
    be called at each commit.

    Raises VurtiError where others could read it without a token, and where TLS cannot be had.
    """
    from vurti.api.stream.hubs import Hubs
    from vurti.api.v1 import make_app

    adapter = outside.watched.adapter
    gate = gate_of(adapter.clock, config.api)
    asking = outside.thread.run(lambda: Asking(adapter.clock, config))
    outside.closing.callback(asking.close)
    served = _served(outside, config, asking)
    hubs = Hubs(adapter.clock, lambda scope: ScopeLog(asking, scope), served.cluster_of)
    outside.closing.callback(hubs.close)
    outside.watched.api.stream = hubs
    listener = listener_of(adapter.clock, config.api, make_app(served, gate, hubs))
    outside.thread.run(listener.start)
    outside.closing.callback(listener.close)
    return listener, _committed(outside.thread, hubs, config.repository.scope)


def _committed(thread: LoopThread, hubs: "Hubs", scope: str) -> Callable[[list[Logged]], None]:
    """Where there are several scopes it is not told which of them what was committed is of."""
    if scope != SYSTEM:
        return lambda _logged: thread.post(hubs.wake)

    return lambda logged: thread.post(partial(hubs.committed, SYSTEM, logged))


def gate_of(clock: Clock, settings: ApiSettings) -> "Gate":
    """Who is let in. Raises VurtiError where others could read it without a token."""
    from vurti.api.access.gate import Gate
    from vurti.api.access.tokens import Tokens

    tokens, local = Tokens(settings.tokens_path), _place(settings).local
    if not local and not tokens.list():
        raise VurtiError(
            f"[api] address {settings.address} can be reached by other machines, and there is no"
            " token yet: make one by `vurti token create`, or listen at 127.0.0.1"
        )
    if not local and settings.certificate_path is None:
        logger.warning("the API is answered without TLS: tokens can be read on their way")
    return Gate(
        tokens,
        now=clock.now,
        wall=clock.wall,
        open_to_readers=local,
        requests_per_sec=settings.requests_per_sec,
        secure=settings.certificate_path is not None,
    )


def listener_of(clock: Clock, settings: ApiSettings, app: WSGIApplication) -> "Listener":
    """What will listen at `[api] address`. Raises VurtiError where TLS cannot be had."""
    from vurti.api.application import for_this_machine
    from vurti.api.listener import Limits, Listener
    from vurti.api.tls import tls

    place = _place(settings)
    return Listener(
        clock,
        place,
        for_this_machine(app) if place.local else app,
        what="the page and /api/v1",
        limits=Limits(settings.connections_max, IDLE_SECS, None),
        tls=tls(settings),
    )


def _place(settings: ApiSettings) -> Place:
    if settings.place is None:
        raise VurtiError("[api] address is not set: say where to answer, such as 127.0.0.1:7178")
    return settings.place


def _served(outside: Outside, config: Config, asking: Asking) -> "Served":
    from vurti.api.ages import ages
    from vurti.api.metrics.collector import figures
    from vurti.api.v1 import Served

    watched = outside.watched
    adapter, inside = watched.adapter, watched.inside

    def cluster_of(host: str) -> str:
        known = adapter.host(host)
        return known.cluster if known is not None else ""

    def inventories() -> dict[str, Any]:
        return {"items": inside(lambda: [figures_of(one) for one in adapter.inventories()])}

    return Served(
        ask=asking,
        answered=watched.api.count,
        wall=adapter.clock.wall,
        stale_secs=config.poll.stale_secs,
        cluster_of=cluster_of,
        running={
            "ages": lambda: inside(lambda: ages(adapter)),
            "config": lambda: configuration(_in_force(adapter, config)),
            "pipeline": lambda: figures(watched),
            "inventories": inventories,
            "health": lambda: outside.pulse.ready()[1],
        },
        announce=adapter.expect if config.api.writes else None,
        cancel=adapter.cancel if config.api.writes else None,
    )


def _in_force(adapter: PushAdapter, started: Config) -> Config:
    """With what reloads have changed since the start."""
    now = adapter.watching.in_force if adapter.watching is not None else None
    return now if isinstance(now, Config) else started


def configuration(config: Config) -> dict[str, Any]:
    """Every key with its value and where that is from; secrets are hidden."""
    return {
        dotted(one.path): {"value": one.value, "origin": one.origin} for one in resolved(config)
    }
