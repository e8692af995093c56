"""The hosts that are being polled and listened to: the only place that holds connections."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from operator import attrgetter
from typing import NamedTuple

from loguru import logger
from reactivex import abc

from vurti.clock import Clock
from vurti.errors import VurtiError
from vurti.model import Host, Poll, Push, Query, Question
from vurti.streams.endpoint import Endpoint
from vurti.streams.lateness import Lateness
from vurti.streams.poll_settings import PollSettings
from vurti.streams.polls import HostPolls

COUNTERS = ("asked", "skipped", "thinned", "stretched", "bugs", "unanswerable")
"""What each host's polls count."""

_COUNTED: dict[str, Callable[["Subscription"], int]] = {
    name: attrgetter(f"polls.{name}") for name in COUNTERS
}

FAREWELLS_SECS = 3.0
"""So long may all hosts together take to let us go: some take their time, and none needs it."""


class Subscription(NamedTuple):
    """One host that is watched."""

    host: Host
    endpoint: Endpoint
    polls: HostPolls
    following: abc.DisposableBase


class Subscriptions:
    """Follows exactly the hosts that it is told to; everything that they say goes to two places."""

    def __init__(
        self,
        clock: Clock,
        endpoint: Callable[[Host], Endpoint],
        schedule: PollSettings,
        demand: Callable[[], float],
        on_poll: Callable[[Poll], None],
        on_push: Callable[[Push], None],
        awaited: Callable[[], bool] = lambda: False,
    ) -> None:
        self._clock, self._endpoint, self.schedule = clock, endpoint, schedule
        self._demand, self._on_poll, self._on_push = demand, on_poll, on_push
        self._awaited = awaited
        self._following: dict[str, Subscription] = {}
        self.lateness = Lateness()
        self._past: Counter[str] = Counter()  # what was counted of hosts that are gone

    def __len__(self) -> int:
        return len(self._following)

    @property
    def polls(self) -> list[HostPolls]:
        """The polls of each host, for their counters. May be called from any thread."""
        return [one.polls for one in tuple(self._following.values())]

    def counts(self) -> Counter[str]:
        """What the polls of all hosts have counted so far, by the names in COUNTERS; those of hosts
        that are gone stay in it, so that it only grows."""
        return Counter({name: self.counted(name) for name in COUNTERS})

    def counted(self, name: str) -> int:
        """One of them: who shows a few need not look at all of each host."""
        return self._past[name] + sum(map(_COUNTED[name], self._following.values()))

    def follow(self, hosts: Iterable[Host]) -> list[Host]:
        """Begin with those that are new or at another URL, end with those that are gone; all others
        keep their connection and their beats. Gives those that it has begun with.

        Raises VurtiError where a host cannot be begun with, once all others are.
        """
        wanted = {host.id: host for host in hosts}
        self._end([one for one in self._following.values() if _is_gone(one.host, wanted)])
        begun, errors = list[Host](), list[VurtiError]()
        for host in wanted.values():
            if host.id in self._following:
                self._following[host.id] = self._following[host.id]._replace(host=host)
                continue
            try:
                self._following[host.id] = self._begin(host)
                begun.append(host)
            except VurtiError as error:
                errors.append(error)
        if errors:
            raise errors[0]
        return begun

    def reschedule(self, schedule: PollSettings) -> None:
        """All are asked by this from now on. Connections stay, and what is under way is awaited."""
        self.schedule = schedule
        for one in self._following.values():
            one.polls.reschedule(schedule)

    def ask(self, query: Query) -> None:
        """Put a question to a host besides the beats, if it is still watched."""
        one = self._following.get(query.host)
        if one is not None:
            one.polls.ask(Question(query.question), query.vms, anew=query.anew)

    def close(self) -> None:
        """End them all."""
        self.follow(())

    def _begin(self, host: Host) -> Subscription:
        endpoint = self._endpoint(host)
        polls = HostPolls(
            host, endpoint, self._clock, self.schedule, self._demand, self.lateness, self._awaited
        )
        endpoint.open(self._on_push, lambda _host: polls.ask(Question.VMS))
        return Subscription(host, endpoint, polls, polls.observable.subscribe(self._on_poll))

    def _end(self, gone: Iterable[Subscription]) -> None:
        """Ask them nothing more, then take leave of them all at once."""
        leaving = {one.host.id: one for one in gone}
        for one in leaving.values():
            del self._following[one.host.id]
            one.following.dispose()
            self._past.update({name: counted(one) for name, counted in _COUNTED.items()})
        until = self._clock.now() + FAREWELLS_SECS
        farewells = [self._clock.spawn(one.endpoint.close) for one in leaving.values()]
        late = [task for task in farewells if not task.join(until)]
        for task in late:
            task.kill()
        if late:
            logger.warning("{} connections were cut without a farewell", len(late))


def _is_gone(host: Host, wanted: Mapping[str, Host]) -> bool:
    return host.id not in wanted or wanted[host.id].url != host.url
