"""What an adapter is made of. It knows other rooms only as these callables and protocols."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol, Self

from vurti.adapter.membership import Division
from vurti.clock import Clock, Worker
from vurti.decide import Rules
from vurti.model import Cluster, Decision, Host, Statistics, VmFacts
from vurti.model.commit import Announcement, Commit, Half, Loaded, Logged
from vurti.model.explanation import Explanation
from vurti.streams.around import Around
from vurti.streams.crossings import Crossings
from vurti.streams.definition import Definitions
from vurti.streams.endpoint import Endpoint
from vurti.streams.histogram import Histogram
from vurti.streams.limits import SubscriberSettings
from vurti.streams.mailbox import Mailbox
from vurti.streams.named import Difference
from vurti.streams.poll_settings import PollSettings


class Store(Protocol):
    """Where a scope is kept, and the way to the other scopes of the same store. See
    vurti.repository."""

    def start(self) -> Loaded: ...

    def commit(self, commit: Commit, committed_at: float | None = None) -> int: ...

    def save_statistics(
        self, statistics: Sequence[Statistics], explanations: Sequence[Explanation] = ()
    ) -> None: ...

    def explained(self) -> Sequence[Explanation]: ...

    def prune(self) -> int: ...

    def announcements(self) -> list[Announcement]: ...

    def refuse(self, announcement: str, why: str) -> None: ...

    def log(self, after: int = 0, limit: int = 1000) -> list[Logged]: ...

    def log_bounds(self) -> tuple[int, int]: ...

    def close(self) -> None: ...

    def scopes(self) -> list[str]: ...

    def another(self, scope: str) -> Self: ...

    def memberships(self) -> dict[str, str]: ...

    def deal(self, scope_of_cluster: Mapping[str, str]) -> None: ...

    def cross(
        self, to: Self, leaving: Half, joining: Half, things: Sequence[str]
    ) -> tuple[int, int]: ...


class Writing(Protocol):
    """What turns decisions into commits. See vurti.updaters."""

    def on_next(self, decision: Decision) -> None: ...

    def demand(self) -> float: ...

    def finish(self) -> None: ...

    def stop(self) -> bool: ...

    def explanation(self, thing: str) -> Explanation | None: ...

    def take_over(self, explanation: Explanation) -> None: ...

    def backlog(self) -> int: ...

    @property
    def oldest_age_secs(self) -> float: ...

    @property
    def failing_since(self) -> float | None: ...

    @property
    def commits(self) -> int: ...

    @property
    def rows(self) -> int: ...

    @property
    def events(self) -> int: ...

    @property
    def retries(self) -> int: ...

    @property
    def statistics(self) -> int: ...

    @property
    def statistics_failures(self) -> int: ...

    @property
    def replaced(self) -> int: ...

    @property
    def flared(self) -> int: ...

    @property
    def pruned(self) -> int: ...

    @property
    def subscriber_errors(self) -> int: ...

    @property
    def cursor(self) -> int | None: ...

    @property
    def commit_secs(self) -> Histogram: ...

    @property
    def mailboxes(self) -> Mapping[str, Mailbox[Any]]: ...


class Watch(Protocol):
    """PushAdapter.watch."""

    def __call__(
        self,
        hosts: tuple[Host, ...],
        vms: tuple[VmFacts, ...],
        clusters: tuple[Cluster, ...],
        *,
        keep_others: bool,
    ) -> object: ...


class InventoryStatus(Protocol):
    """How it stands with one inventory. See vurti.inventory."""

    @property
    def name(self) -> str: ...

    @property
    def hosts(self) -> int: ...

    @property
    def failed(self) -> int: ...

    @property
    def held(self) -> int: ...

    @property
    def bad(self) -> int: ...

    @property
    def failure(self) -> str | None: ...

    @property
    def answered(self) -> bool: ...


class Inventories(Protocol):
    """What goes on telling which hosts are to be watched. See vurti.inventory."""

    def ask_now(self) -> None: ...

    def start(self, watch: Watch, known: Iterable[str]) -> None: ...

    def statuses(self) -> Sequence[InventoryStatus]: ...

    def close(self) -> None: ...


class Apply(Protocol):
    """From now on streams, rules and polls are these, as `config` has them: that which is in force
    then. What it does to the streams. Never yields."""

    def __call__(
        self, streams: Definitions, rules: Rules, poll: PollSettings, config: "Configured"
    ) -> Difference: ...


class Sinks(Protocol):
    """What tells others what is committed. See vurti.sinks."""

    @property
    def deliveries(self) -> Sequence[Any]: ...

    def join(self, written: Any) -> None: ...

    def start(self) -> None: ...

    def committed(self) -> None: ...

    def close(self) -> None: ...


OnStored = Callable[[Commit], None]
OnCommitted = Callable[[list[Logged]], None]
OnFailed = Callable[[Exception], None]
WritingOf = Callable[[Clock, Store, OnStored, OnCommitted, OnFailed, Crossings], Writing]


class Parts(NamedTuple):
    """`endpoint` connects to one host, `store` opens the repository in a worker, `writing` sets
    the updaters to work on it and tells every commit and its events once they are in, or that it
    failed; where several scopes have a part in something, they meet in `Crossings`. `division` says
    which scopes there are. Where there are `inventories`, it is they who say what is watched; where
    there are `sinks`, they tell what is committed. `unread_secs` is how long what hosts have told
    waits to be read."""

    clock: Clock
    hosts: tuple[Host, ...]
    rules: Rules
    poll: PollSettings
    streams: Definitions
    endpoint: Callable[[Host], Endpoint]
    store: Callable[[Worker], Store]
    writing: WritingOf
    division: Division = Division()
    vms: tuple[VmFacts, ...] = ()
    clusters: tuple[Cluster, ...] = ()
    inventories: Callable[[Clock, Apply], Inventories] | None = None
    subscribers: SubscriberSettings = SubscriberSettings()
    sinks: Callable[[Clock, Around], Sinks] | None = None
    unread_secs: Callable[[], float] = lambda: 0.0


class Configured(Protocol):
    """A configuration, as `load_config` gives it: it knows which room serves which part."""

    def parts(
        self,
        clock: Clock | None = None,
        endpoints: Callable[[Host, Clock], Endpoint] | None = None,
        repository: Store | None = None,
    ) -> Parts: ...
