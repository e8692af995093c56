"""`vurti serve`: the API of a store, answered by a process that watches no host.

It shares neither interpreter nor rights with the vurti that watches: it reads the store, and needs
no key to any host. What only the running pipeline knows it asks of that one.
"""

import signal
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NamedTuple

from loguru import logger

from vurti.clock import Clock
from vurti.clock.gevent_clock import GeventClock
from vurti.clock.gevent_signals import on_signals
from vurti.config import Config
from vurti.config.listen import Place
from vurti.errors import VurtiError
from vurti.service.announcing import Announcing, PutIn
from vurti.service.api import Asking, ScopeLog, configuration, gate_of, listener_of
from vurti.service.interpreter import calm_the_collector, share_the_interpreter
from vurti.service.logs import Log, log_bugs, log_to_stderr, sweeping
from vurti.service.memory import giving_memory_back
from vurti.service.news import News
from vurti.service.notify import Supervision
from vurti.service.own_pages import logged_by, own_pages
from vurti.service.redaction import Redaction, secrets_of
from vurti.service.standing import StoreStanding

if TYPE_CHECKING:  # an HTTP server is loaded where there is one
    from vurti.api.counts import ApiCounts
    from vurti.api.v1 import Served


class Beside(NamedTuple):
    """The vurti that watches: what it tells of itself, by the name of the part, and how an
    announcement gets to it."""

    running: Mapping[str, Callable[[], Any]]
    put_in: PutIn


def serve_store(config: Config, beside: Beside, for_secs: float | None = None) -> None:
    """Answer at `[api] address` from the store until SIGINT, SIGTERM or the end of `for_secs`.

    Raises StoreError where the store cannot be read now, VurtiError where the API cannot be
    answered as it is configured.
    """
    log = log_to_stderr(config.log, Redaction(secrets_of(config)))
    log_bugs()
    clock = GeventClock()
    ended = clock.signal()
    with ExitStack() as closing:
        closing.enter_context(sweeping(log, clock))
        closing.enter_context(on_signals(ended.set, signal.SIGINT, signal.SIGTERM))
        closing.enter_context(on_signals(_nothing_is_reread, signal.SIGHUP))
        closing.enter_context(giving_memory_back(clock))
        standing = _serve(clock, config, beside, log, closing)
        calm_the_collector()
        share_the_interpreter()
        closing.enter_context(Supervision(clock).over(standing, "answering nobody any more"))
        logger.info("answering from {}", config.repository.place)
        ended.wait(None if for_secs is None else clock.now() + for_secs)
    logger.info("stopped")


def _nothing_is_reread() -> None:
    """Tokens count at once; the rest is read at the start."""
    logger.warning("nothing is read again: what has changed counts when this is started anew")


def _serve(
    clock: Clock, config: Config, beside: Beside, log: Log, closing: ExitStack
) -> StoreStanding:
    from vurti.api.counts import ApiCounts
    from vurti.api.metrics import OF_ANY_PROCESS, Server, page
    from vurti.api.stream.hubs import Hubs
    from vurti.api.v1 import make_app

    gate, counts = gate_of(clock, config.api), ApiCounts()
    # Of their own each: a page does not wait for the log.
    asking, following = (Asking(clock, config) for _ in range(2))
    for one in (asking, following):
        closing.callback(one.close)
    news = News(clock, following)
    news.look()
    served = _served(clock, config, asking, news.cluster_of, beside, counts)
    hubs = Hubs(clock, lambda scope: ScopeLog(following, scope), news.cluster_of)
    counts.stream = hubs
    listener = listener_of(clock, config.api, make_app(served, gate, hubs))
    looking = clock.spawn(news.follow, hubs)
    closing.callback(looking.kill)
    closing.callback(hubs.close)
    listener.start()
    closing.callback(listener.close)
    standing = StoreStanding(clock, news, looking, listener)
    if (place := _place_of_its_own(config)) is not None:
        metrics = page(Server(news.lag_secs, partial(logged_by, log), counts), OF_ANY_PROCESS)
        own = own_pages(clock, place, metrics, standing.alive, standing.ready)
        own.start()
        closing.callback(own.close)
    return standing


def _place_of_its_own(config: Config) -> Place | None:
    """`[listen] address` where the configuration names one: what it is by default belongs to the
    vurti that watches."""
    return config.listen.place if "address" in config.listen.model_fields_set else None


def _served(
    clock: Clock,
    config: Config,
    asking: Asking,
    cluster_of: Callable[[str], str],
    beside: Beside,
    counts: "ApiCounts",
) -> "Served":
    from vurti.api.v1 import Served

    announcing = Announcing(clock, config, beside.put_in)
    return Served(
        ask=asking,
        answered=counts.count,
        wall=clock.wall,
        stale_secs=config.poll.stale_secs,
        cluster_of=cluster_of,
        running={
            "config": lambda: configuration(config),
            **{part: _asked(tell) for part, tell in beside.running.items()},
        },
        announce=announcing.expect if config.api.writes else None,
        cancel=announcing.cancel if config.api.writes else None,
    )


def _asked(tell: Callable[[], Any]) -> Callable[[], Any]:
    """The same; where the other one does not tell, why that is so is for our log alone."""
    from vurti.api.problems import Problem

    def told() -> Any:
        try:
            return tell()
        except VurtiError as error:
            logger.warning("the vurti that watches does not tell: {}", error)
            raise Problem(
                HTTPStatus.SERVICE_UNAVAILABLE, "the vurti that watches does not tell", again_secs=5
            ) from error

    return told
