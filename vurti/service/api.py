"""The API of a run: bound to its adapter and its store, behind a gate and a listener of its own."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, TypeVar

from loguru import logger

from vurti.adapter import PushAdapter
from vurti.config import Config
from vurti.config.api import ApiSettings
from vurti.config.resolved import resolved
from vurti.errors import StoreError, VurtiError
from vurti.model.commit import Logged
from vurti.model.scope import SYSTEM
from vurti.repository import AllReader, open_all_for_reading
from vurti.service.summary import figures_of
from vurti.settings import dotted

if TYPE_CHECKING:  # an HTTP server is loaded where there is one
    from vurti.api.access.gate import Gate
    from vurti.api.health import Health
    from vurti.api.listener import Listener
    from vurti.api.metrics import Watched
    from vurti.api.stream.hubs import Hubs
    from vurti.api.v1 import Served

T = TypeVar("T")

IDLE_SECS = 30.0


class Asking:
    """A reader of the store in a thread of its own: whoever asks waits, and nobody else. It is
    opened when it is first needed, and anew after it has failed."""

    def __init__(self, adapter: PushAdapter, config: Config) -> None:
        self._where = config.repository
        self._worker = adapter.clock.worker()
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
    watched: "Watched", config: Config, health: "Health", closing: ExitStack
) -> tuple["Listener", Callable[[list[Logged]], None]]:
    """Answer at `[api] address` until `closing`; gives what listens there, and what is to be called
    at each commit.

    Raises VurtiError where others could read it without a token, and where TLS cannot be had.
    """
    from vurti.api.application import for_this_machine
    from vurti.api.listener import Limits, Listener
    from vurti.api.stream.hubs import Hubs
    from vurti.api.tls import tls
    from vurti.api.v1 import make_app

    adapter, settings = watched.adapter, config.api
    place = settings.place
    assert place is not None
    gate = _gate(adapter, settings, place.local)
    asking = Asking(adapter, config)
    closing.callback(asking.close)
    served = _served(watched, config, asking, health)
    hubs = Hubs(adapter.clock, lambda scope: ScopeLog(asking, scope), served.cluster_of)
    closing.callback(hubs.close)
    watched.api.stream = hubs
    limits = Limits(settings.connections_max, IDLE_SECS, None)
    app = make_app(served, gate, hubs)
    listener = Listener(
        adapter.clock,
        place,
        for_this_machine(app) if place.local else app,
        what="the page and /api/v1",
        limits=limits,
        tls=tls(settings),
    )
    listener.start()
    closing.callback(listener.close)
    return listener, _committed(hubs, config.repository.scope)


def _committed(hubs: "Hubs", scope: str) -> Callable[[list[Logged]], None]:
    """Where there are several scopes it is not told which of them what was committed is of."""
    if scope != SYSTEM:
        return lambda _logged: hubs.wake()
    return lambda logged: hubs.committed(SYSTEM, logged)


def _gate(adapter: PushAdapter, settings: ApiSettings, local: bool) -> "Gate":
    from vurti.api.access.gate import Gate
    from vurti.api.access.tokens import Tokens

    tokens = Tokens(settings.tokens_path)
    if not local and not tokens.list():
        raise VurtiError(
            f"[api] address {settings.address} can be reached by other machines, and there is no"
            " token yet: make one by `vurti token create`, or listen at 127.0.0.1"
        )
    if not local and settings.certificate_path is None:
        logger.warning("the API is answered without TLS: tokens can be read on their way")
    return Gate(
        tokens,
        now=adapter.clock.now,
        wall=adapter.clock.wall,
        open_to_readers=local,
        requests_per_sec=settings.requests_per_sec,
        secure=settings.certificate_path is not None,
    )


def _served(watched: "Watched", config: Config, asking: Asking, health: "Health") -> "Served":
    from vurti.api.ages import ages
    from vurti.api.metrics.collector import figures
    from vurti.api.v1 import Served

    adapter = watched.adapter

    def cluster_of(host: str) -> str:
        known = adapter.host(host)
        return known.cluster if known is not None else ""

    def inventories() -> dict[str, Any]:
        return {"items": [figures_of(one) for one in adapter.inventories()]}

    return Served(
        ask=asking,
        answered=watched.api.count,
        wall=adapter.clock.wall,
        stale_secs=config.poll.stale_secs,
        cluster_of=cluster_of,
        running={
            "ages": lambda: ages(adapter),
            "config": lambda: _configuration(_in_force(adapter, config)),
            "pipeline": lambda: figures(watched),
            "inventories": inventories,
            "health": lambda: health.ready()[1],
        },
        announce=adapter.expect if config.api.writes else None,
        cancel=adapter.cancel if config.api.writes else None,
    )


def _in_force(adapter: PushAdapter, started: Config) -> Config:
    """With what reloads have changed since the start."""
    now = adapter.watching.in_force if adapter.watching is not None else None
    return now if isinstance(now, Config) else started


def _configuration(config: Config) -> dict[str, Any]:
    """Every key with its value and where that is from; secrets are hidden."""
    return {
        dotted(one.path): {"value": one.value, "origin": one.origin} for one in resolved(config)
    }
