"""Which room serves which part of an adapter: the one place where edges are made known to it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from vurti.adapter import Inventories as Following
from vurti.adapter import Parts, Store, Writing
from vurti.adapter.membership import Division
from vurti.adapter.parts import Apply, OnCommitted, OnFailed, OnStored, WritingOf
from vurti.binding.sinks import sinks
from vurti.clock import Clock, Worker
from vurti.inventory import Inventories, Inventory, source_of
from vurti.model import Host
from vurti.model.scope import SYSTEM
from vurti.repository import open_repository
from vurti.sources import open_endpoint
from vurti.streams.crossings import Crossings
from vurti.streams.endpoint import Endpoint
from vurti.updaters import start_writer

if TYPE_CHECKING:  # the configuration stands above this room, and hands itself in
    from vurti.config import Config


def parts(
    config: "Config",
    clock: Clock | None = None,
    endpoints: Callable[[Host, Clock], Endpoint] | None = None,
    repository: Store | None = None,
) -> Parts:
    """The parts that the configuration asks for, but for those that are handed in."""
    used = clock or _real_clock()

    def endpoint(host: Host) -> Endpoint:
        if endpoints is not None:
            return endpoints(host, used)
        return open_endpoint(host, used, config.sources)

    def store(worker: Worker) -> Store:
        return repository if repository is not None else _stored(config, used, worker)

    return Parts(
        clock=used,
        hosts=config.hosts,
        rules=config.rules,
        poll=config.poll,
        streams=config.definitions,
        subscribers=config.subscribers,
        endpoint=endpoint,
        store=store,
        writing=_writing(config),
        division=Division(config.repository.scope, config.repository.parts),
        vms=config.vms,
        clusters=config.clusters,
        inventories=_inventories(config),
        sinks=sinks(config, repository is not None),
        unread_secs=_unread_secs() if clock is None else lambda: 0.0,
    )


def _writing(config: "Config") -> WritingOf:
    def writing(
        clock: Clock,
        store: Store,
        on_stored: OnStored,
        on_committed: OnCommitted,
        on_failed: OnFailed,
        crossings: Crossings,
    ) -> Writing:
        return start_writer(
            clock,
            commit=store.commit,
            save_statistics=store.save_statistics,
            prune=store.prune,
            on_stored=on_stored,
            on_committed=on_committed,
            on_failed=on_failed,
            statistics_secs=config.poll.statistics_secs,
            waiting_max=config.repository.waiting_max,
            explained=store.explained(),
            crossings=crossings,
        )

    return writing


def _inventories(config: "Config") -> Callable[[Clock, Apply], Following] | None:
    """The configuration's own files first, then what it names: where several tell of one host or
    VM, the first counts."""
    rules, named = config.inventory.defaults, config.inventory.named
    if config.tree is None and not named:
        return None

    def made(clock: Clock, apply: Apply) -> Following:
        first = _own_files(config, apply)
        others = [Inventory(name, source_of(one, config.entries), one) for name, one in named]
        return Inventories(clock, [first, *others], rules)

    return made


def _own_files(config: "Config", apply: Apply) -> Inventory:
    """What they say of hosts goes the way of all inventories; the rest of it is applied first."""
    rules = config.inventory.defaults
    if config.tree is None:
        return Inventory("configuration", None, rules, config.listed())
    reloading = config.reloading(apply)
    patient = rules.model_copy(
        update={"timeout_secs": rules.timeout_secs + rules.check_secs}  # a trial is part of it
    )
    return Inventory(
        "configuration", reloading.files, patient, config.listed(),
        on_answer=reloading.answered, on_request=not rules.reread_files,
    )  # fmt: skip


def _unread_secs() -> Callable[[], float]:
    from vurti.sources.sockets import unread_secs  # a virtual run loads no gevent

    return unread_secs


def _real_clock() -> Clock:
    from vurti.clock.gevent_clock import GeventClock  # a virtual run loads no gevent

    return GeventClock()


def _stored(config: "Config", clock: Clock, worker: Worker) -> Store:
    settings = config.repository
    return open_repository(
        settings.url,
        SYSTEM,
        worker,
        retention=settings.retention,
        wall=clock.wall,
        monotonic=clock.now,
    )
