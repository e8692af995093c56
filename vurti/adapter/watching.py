"""Which hosts are watched: told to the subscriptions and to `decide` alike."""

from collections.abc import Callable, Container, Iterable, Sequence

from vurti.adapter.demand import of_unread
from vurti.adapter.parts import Configured, InventoryStatus, Parts
from vurti.adapter.scopes import Scopes
from vurti.adapter.streams import Streams
from vurti.adapter.subscriptions import Subscriptions
from vurti.decide import Rules
from vurti.model import Cluster, Host, Poll, Push, Query, Question, VmFacts
from vurti.streams.definition import Definitions
from vurti.streams.named import Difference
from vurti.streams.poll_settings import PollSettings
from vurti.streams.self_monitor import SelfMonitor


class Watching:
    """The hosts of one adapter, as its configuration or its inventories tell them."""

    def __init__(
        self,
        parts: Parts,
        scopes: Scopes,
        streams: Streams,
        on_poll: Callable[[Poll], None],
        on_push: Callable[[Push], None],
    ) -> None:
        self._parts, self._scopes = parts, scopes
        self.subscriptions = Subscriptions(
            parts.clock, parts.endpoint, parts.poll, self.demand, self.polled, on_push,
            scopes.awaits_answers,
        )  # fmt: skip
        self.monitor = SelfMonitor(
            parts.clock, parts.rules, scopes.switch.suspect, self.subscriptions.__len__
        )
        self._on_poll = on_poll
        self._streams, self._rules = streams, parts.rules
        self.in_force: Configured | None = None  # what a reload has brought
        made = parts.inventories
        self._inventories = made(parts.clock, self.apply) if made is not None else None
        self.unread_secs = parts.unread_secs
        """How long what hosts have told waits to be read, by now."""

    def start(self) -> None:
        """Watch what is configured, and what inventories tell. Raises VurtiError for a configured
        host that cannot be watched."""
        parts = self._parts
        self.monitor.start()
        if self._inventories is None:
            self.watch(parts.hosts, parts.vms, parts.clusters)
        else:
            self._inventories.start(self.watch, [vds.id for vds in self._scopes.vdss()])

    def watch(
        self,
        hosts: Iterable[Host],
        vms: Iterable[VmFacts] = (),
        clusters: Iterable[Cluster] = (),
        *,
        keep_others: bool = False,
    ) -> None:
        """See PushAdapter.watch."""
        asked = {host.id: host for host in hosts}
        begun: list[Host] = []
        try:
            begun = self.subscriptions.follow(asked.values())
        finally:  # one host that cannot be watched keeps no other from it
            others = self._known_besides(asked) if keep_others else ()
            self._scopes.settle((*asked.values(), *others), vms, clusters)
        for host in begun:  # also one that was known, and is asked at another address now
            self.subscriptions.ask(Query(host.id, Question.CAPABILITIES))

    def apply(
        self, streams: Definitions, rules: Rules, poll: PollSettings, config: Configured
    ) -> Difference:
        """From now on streams, rules and polls are these, whatever is under way: timers that run
        already keep their times. Never yields."""
        self.in_force = config
        self.subscriptions.reschedule(poll)
        if rules != self._rules:
            self._rules = self.monitor.rules = rules
            self._scopes.judge_by(rules)
        return self._streams.reload(streams)

    def ask_now(self) -> None:
        """Have the files of the configuration and all inventories looked at. Raises RuntimeError
        where there are none."""
        if self._inventories is None:
            raise RuntimeError("this configuration came from no file, and names no inventory")
        self._inventories.ask_now()

    def statuses(self) -> Sequence[InventoryStatus]:
        return self._inventories.statuses() if self._inventories is not None else ()

    def close(self) -> None:
        """Nothing is asked any more, neither inventories nor hosts."""
        if self._inventories is not None:
            self._inventories.close()
        self.subscriptions.close()
        self.monitor.close()

    def polled(self, poll: Poll) -> None:
        """A host answered, or did not."""
        self.monitor.polled(poll)
        self._on_poll(poll)

    def demand(self) -> float:
        """How much is wanted of the hosts, from 1, all, to 0, as little as can be: the less, the
        more of what they have told waits to be stored, and the longer it waits to be read."""
        return min(self._scopes.demand(), of_unread(self.unread_secs()))

    def _known_besides(self, asked: Container[str]) -> tuple[Host, ...]:
        """The other hosts that are known, as far as their records tell."""
        known = self._scopes.vdss()
        return tuple(Host(vds.id, cluster=vds.cluster) for vds in known if vds.id not in asked)
