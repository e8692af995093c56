"""The face for embedders: a fleet as named streams, from configuration to clean stop."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Self

from loguru import logger
from reactivex import Observable

from vurti.adapter.no_sinks import NoSinks
from vurti.adapter.parts import Configured, InventoryStatus, Sinks, Store, Writing
from vurti.adapter.pipeline import Pipeline
from vurti.adapter.promises import Promises
from vurti.adapter.scope import Scope, Told
from vurti.adapter.scopes import Scopes
from vurti.adapter.streams import Known, Streams
from vurti.adapter.watching import Watching
from vurti.clock import Clock
from vurti.errors import StoreError
from vurti.events import Event
from vurti.model import Awaited, Cluster, Decision, Host, Missed, Poll, Push, Query, VmFacts
from vurti.model.commit import Commit, Logged
from vurti.streams.bulkhead import PollStream
from vurti.streams.endpoint import Endpoint
from vurti.streams.lateness import Late
from vurti.streams.limits import Listened
from vurti.streams.polls import HostPolls


class PushAdapter:
    """Whether a host is polled or pushes by itself cannot be told from these streams.

    `adapter["polls"]`, `["hosts"]`, `["vms"]` and each stream of the configuration is a plain
    Observable that stays the same for ever. Live streams are provisional: they begin with what is
    known and then follow (contract 8). `adapter["intents"]` tells of intents once they are stored,
    if `[rules] intents` switches some on. `clock`, `endpoints` and `repository` may be handed in.

        with PushAdapter(load_config("vurti.toml")) as adapter:
            adapter["vms"].subscribe(print)
            adapter.run()

    Entering opens the store and takes the scope over (StoreError where it cannot); `run` polls
    until `stop` is called or the time is over; leaving stores, and tells, all that was decided.
    """

    def __init__(
        self,
        config: Configured,
        *,
        clock: Clock | None = None,
        endpoints: Callable[[Host, Clock], Endpoint] | None = None,
        repository: Store | None = None,
        on_committed: Callable[[list[Logged]], None] | None = None,
    ) -> None:
        self._parts = config.parts(clock, endpoints, repository)
        self.clock = self._parts.clock
        self._on_committed = on_committed
        self._stopping = self.clock.signal()
        self._bug: Exception | None = None
        self.missed: Counter[str] = Counter()
        self.polled = self.pushes = 0
        self.unstored = 0  # changes that were decided and could not be stored until the end
        self._polls = PollStream(self.clock, name="polls", settings=self._parts.subscribers)
        self._streams: Streams | None = None
        told = Told(
            self._decided, self._ask, self._stored, self._committed, self._broken, self._begun
        )
        self._scopes = Scopes(self._parts, told)
        known = Known(lambda: self._scopes.live.views)
        self.sinks: Sinks = (self._parts.sinks or NoSinks)(self.clock, known)
        self._watching: Watching | None = None
        self._promises: Promises | None = None
        self._closed = False

    def __enter__(self) -> Self:
        self._scopes.open()
        self._promises = Promises(self._parts, self._scopes)
        intents = self._promises.intents.stream
        self._streams = Streams(self._parts, self._polls, self._scopes.live, intents)
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __getitem__(self, name: str) -> Observable[Any]:
        """The stream of that name. Raises KeyError with the names that there are."""
        return self.streams[name]

    @property
    def streams(self) -> Streams:
        """All streams, for those who show them."""
        if self._streams is not None:
            return self._streams
        raise RuntimeError("streams are there once the adapter is entered: `with adapter:`")

    @property
    def scopes(self) -> dict[str, Scope]:
        """What is decided, known and being stored in each scope, for those who show it."""
        return self._scopes.of

    @property
    def pipeline(self) -> Pipeline:
        """That of the first scope: of all, where the fleet is not divided."""
        return self._first.pipeline

    @property
    def writing(self) -> Writing:
        """That of the first scope."""
        return self._first.writing

    @property
    def store(self) -> Store:
        """That of the first scope."""
        return self._first.store

    @property
    def _first(self) -> Scope:
        return next(iter(self._scopes.of.values()))

    @property
    def watching(self) -> Watching | None:
        """The hosts that are asked, for those who show it; None before `run`."""
        return self._watching

    @property
    def live(self) -> tuple[Listened, ...]:
        """What others subscribe to, for its counters; the configuration's streams are one."""
        return (*self.streams.shared.values(), self.streams.named)

    @property
    def polls(self) -> list[HostPolls]:
        """The polls of each host that is watched, for their counters."""
        return self._watching.subscriptions.polls if self._watching is not None else []

    def lateness(self) -> Late:
        """How late our questions about states have left since this was last asked."""
        watching = self._watching
        return watching.subscriptions.lateness.take() if watching is not None else Late()

    def run(self, for_secs: float | None = None) -> None:
        """Watch the hosts until `stop` is called or the time is over. A broken invariant of vurti's
        own ends it with RuntimeError, losing the scope to another start with Fenced."""
        self._start()
        until = None if for_secs is None else self.clock.now() + for_secs
        self._stopping.wait(until)
        if isinstance(self._bug, StoreError):
            raise self._bug
        if self._bug is not None:
            raise RuntimeError("vurti has stopped at a bug of its own") from self._bug

    def watch(
        self,
        hosts: Iterable[Host],
        vms: Iterable[VmFacts] = (),
        clusters: Iterable[Cluster] = (),
        *,
        keep_others: bool = False,
    ) -> None:
        """Watch exactly these hosts from now on, and judge by these facts. A host whose URL is the
        same keeps its connection and its beats. With `keep_others` hosts that are known and not
        among these stay as they are, though nobody asks them.

        Inventories call it by themselves. Raises VurtiError for a host that cannot be watched, once
        all others are; RuntimeError before `run`.
        """
        self._running.watch(hosts, vms, clusters, keep_others=keep_others)

    def hear(self, given: Poll | Event) -> None:
        """For kits that speak for hosts, once it runs: a poll as if just answered, an event as if
        just decided."""
        if isinstance(given, Event):
            self._scopes.live.tell(given)
        else:
            self._running.polled(given)

    def reload(self) -> None:
        """Have the configuration's files and all inventories read again; returns before that is
        done. What is good counts at once, and the log says what it was; what is not changes
        nothing. Raises RuntimeError before `run`, and where there is nothing to read."""
        self._running.ask_now()

    def inventories(self) -> Sequence[InventoryStatus]:
        """How it stands with each inventory."""
        return self._watching.statuses() if self._watching is not None else ()

    def stop(self) -> None:
        """Let `run` return. May be called from anywhere, a signal's callback included."""
        self._stopping.set()

    def expect(
        self,
        kind: Awaited | str,
        thing: str,
        *,
        host: str | None = None,
        job: str | None = None,
        why: str = "",
        secs: float | None = None,
        timeout_secs: float = 10.0,
    ) -> str:
        """Announce what you are about to do to a VM or host, before you do it, so that what follows
        is judged as your doing. Returns the id of the expectation once it is stored; it ends in an
        event, after `secs` (or the usual time of its kind) at the latest.

        `host` is where a VM is started or migrated to, `job` the id of a job. May be called from
        any thread and from a subscriber of a stream, whose stream waits meanwhile; whoever is told
        by `on_committed` must spawn a task for it. Raises ValueError for a `kind` that is none,
        Refused where the thing is unknown, vurti has stopped, or a commit would wait for itself,
        StoreError where it could not be stored within `timeout_secs`.
        """
        kind = Awaited(kind)
        return self.promises.expect(kind, thing, host, job, why, secs, timeout_secs)

    def cancel(self, expectation: str, *, timeout_secs: float = 10.0) -> None:
        """You do not wait for it any more. Returns once its end is stored; raises as `expect`,
        and Refused where no such expectation is open."""
        self.promises.cancel(expectation, timeout_secs)

    def close(self) -> None:
        """Let go of the hosts, then store everything that was decided. May be called twice."""
        if self._promises is not None:
            self._promises.refuse("vurti has stopped")
        if self._watching is not None:
            self._watching.close()
        if self._promises is not None and not self._closed:
            self._closed = True
            self._scopes.end()
            self._polls.complete()
            self.unstored = self._scopes.drain()
            self._promises.complete()
            self.sinks.close()
            self._scopes.close()

    def counts(self) -> tuple[Counter[str], Counter[str]]:
        """How many hosts and how many VMs are in each status now."""
        return self._scopes.counts()

    def host(self, host: str) -> Host | None:
        """It as it is watched, None where it is not."""
        return self._scopes.host(host)

    def _start(self) -> None:
        if self._watching is None:  # else it has run before, and goes on
            self.sinks.start()
            told = (self._polled, self._pushed)
            self._watching = Watching(self._parts, self._scopes, self.streams, *told)
            self._watching.start()
            self.promises.inbox.start()

    def _polled(self, poll: Poll) -> None:
        self.polled += 1
        if isinstance(poll, Missed):
            self.missed[poll.kind] += 1
            words = (poll.host, poll.question, poll.kind, poll.reason)
            logger.debug("{} missed {}: {} {!r}", *words)  # a reason may quote the host: escaped
        self._polls.emit(poll)
        self._scopes.switch.hear(poll)

    def _pushed(self, push: Push) -> None:
        self.pushes += 1
        self._scopes.switch.hear(push)

    @property
    def _running(self) -> Watching:
        if self._watching is None:
            raise RuntimeError("hosts are watched while the adapter runs: call run first")
        return self._watching

    @property
    def promises(self) -> Promises:
        """What was announced, and what is told to be done."""
        if self._promises is None:
            raise RuntimeError("announce once the adapter is entered: `with adapter:`")
        return self._promises

    def _decided(self, decision: Decision) -> None:
        self.promises.decided(decision)

    def _ask(self, query: Query) -> None:
        if self._watching is not None:
            self._watching.subscriptions.ask(query)

    def _stored(self, commit: Commit) -> None:
        self.promises.stored(commit)
        self.sinks.committed()

    def _begun(self, scope: Scope) -> None:
        self.sinks.join(scope.store)

    def _committed(self, logged: list[Logged]) -> None:
        if self._on_committed is not None:
            self.promises.tell(self._on_committed, logged)

    def _broken(self, bug: Exception) -> None:
        """An invariant is broken, or the scope is no longer ours: going on would do harm."""
        logger.opt(exception=bug).critical("vurti stops: {}", bug)
        self._bug = bug
        if self._promises is not None:
            self._promises.refuse(f"vurti has stopped: {bug}")
        self._stopping.set()
