"""The Endpoint of a host that is watched by JSON, alone or with others of the same URL."""

import random
from collections.abc import Callable

from msgspec.structs import replace

from vurti.clock import Clock, Signal
from vurti.decode.json_http import PushLine
from vurti.model import Host, Miss, Missed, Poll, Push, Question, Snapshot
from vurti.sources.dial import Trouble
from vurti.sources.json_http.address import Address, address
from vurti.sources.json_http.feed import Feed
from vurti.sources.json_http.follow import Follower
from vurti.sources.json_http.options import JsonOptions


class Shared:
    """What all hosts of one URL have in common, as long as one of them is open: the feed that
    answers, and the stream that is listened to."""

    def __init__(
        self, where: Address, clock: Clock, options: JsonOptions, chance: random.Random
    ) -> None:
        self.feed = Feed(where, clock, options)
        self.strangers = 0
        self._where, self._clock, self._options, self._chance = where, clock, options, chance
        self._members: dict[str, list[JsonEndpoint]] = {}
        self.follower: Follower | None = None

    def join(self, member: "JsonEndpoint") -> None:
        """One more host; the first one begins the listening."""
        self._members.setdefault(member.key, []).append(member)
        self.feed.join(member.key)
        if self._options.pushes and self.follower is None:
            self.follower = Follower(
                self._where, self._clock, self._options, self._tell, self._resync, self._chance
            )
        elif self.follower is not None and self.follower.is_up:
            member.resync()

    def leave(self, member: "JsonEndpoint") -> bool:
        """One host less; True when it was the last one, and everything has ended."""
        self._members[member.key].remove(member)
        if not self._members[member.key]:
            del self._members[member.key]
        self.feed.leave(member.key)
        if self._members:
            return False
        if self.follower is not None:
            self.follower.close()
        self.feed.close()
        return True

    def _resync(self) -> None:
        for member in self._all():
            member.resync()

    def _tell(self, said: PushLine) -> None:
        members = self._members.get(said.host, []) if said.host is not None else self._all()
        if not members or (said.host is None and len(members) > 1):
            self.strangers += 1  # of a host that is not watched, or of nobody knows which
            return
        for member in members:
            member.tell(said)

    def _all(self) -> "list[JsonEndpoint]":
        return [member for members in self._members.values() for member in members]


_shared: dict[tuple[int, str, JsonOptions], tuple[Clock, Shared]] = {}


class JsonEndpoint:
    """Asks for one host. Raises UrlError at once for a URL that cannot be used."""

    questions = frozenset(Question) - {Question.DEVICES, Question.EXTERNAL_DATA}

    def __init__(
        self, host: Host, clock: Clock, options: JsonOptions, chance: random.Random | None = None
    ) -> None:
        self._where = address(host.url)
        self.key = self._where.key or host.id
        self.pushes = 0
        self._host, self._clock, self._options = host.id, clock, options
        self._chance = chance or random.Random()
        self._shared: Shared | None = None
        self._closed = self._answered = False
        self._seats: dict[Signal, None] = {}

    @property
    def shared(self) -> Shared:
        """What it shares with others, for those who look at its counters."""
        assert self._shared is not None
        return self._shared

    def open(self, on_push: Callable[[Push], None], on_resync: Callable[[str], None]) -> None:
        """Join the others of this URL. Raises RuntimeError when called twice or after `close`."""
        if self._shared is not None or self._closed:
            raise RuntimeError("an endpoint is opened once")
        self._on_push, self._on_resync = on_push, on_resync
        place = (id(self._clock), self._where.url, self._options)
        if place not in _shared:  # the entry keeps the clock alive, so that its id stays its own
            made = Shared(self._where, self._clock, self._options, self._chance)
            _shared[place] = (self._clock, made)
        self._shared = _shared[place][1]
        self._shared.join(self)

    def fetch(
        self, host: str, question: Question, timeout_secs: float, vms: tuple[str, ...] = ()
    ) -> Poll:
        """Ask along with the others who ask just now."""
        started = self._clock.now()
        if host != self._host or question not in self.questions:
            reason = f"{self._host} is not asked for {question} of {host} here"
            return Missed(host, question, Miss.MISMATCH, reason, started)
        if self._shared is None or self._closed:
            return Missed(host, question, Miss.NETWORK, "the endpoint is not open", started)
        try:
            poll: Poll = self._ask(self._shared, question, started + timeout_secs)
        except Trouble as trouble:
            poll = Missed(host, question, trouble.kind, trouble.reason, started)
        if question is Question.VMS:
            self._answered = isinstance(poll, Snapshot)
        return poll

    def pushing(self, host: str) -> bool:
        """Whether the stream is heard, and the agent could tell of the host when last asked."""
        follower = self._shared.follower if self._shared is not None else None
        return host == self._host and follower is not None and follower.is_up and self._answered

    def close(self) -> None:
        """Leave the others. Calls under way return Missed; the last one ends the connections."""
        if self._closed:
            return
        self._closed = True
        for seat in self._seats:
            seat.set()
        if self._shared is not None and self._shared.leave(self):
            _shared.pop((id(self._clock), self._where.url, self._options), None)

    def resync(self) -> None:
        """Something of this host may have been missed."""
        self._on_resync(self._host)

    def tell(self, said: PushLine) -> None:
        """What the agent said of this host."""
        if said.unreadable:
            self.resync()
        if said.push.vms:
            self.pushes += 1
            self._on_push(replace(said.push, host=self._host))

    def _ask(self, shared: Shared, question: Question, until: float) -> Snapshot:
        seat = self._clock.signal()
        self._seats[seat] = None
        try:
            flight = shared.feed.ask(question, seat, until)
        finally:
            del self._seats[seat]
        if self._closed:
            raise Trouble(Miss.NETWORK, "the endpoint was closed")
        if isinstance(flight.brought, Trouble):
            raise flight.brought.again()
        assert flight.brought is not None
        assert flight.started is not None
        return Snapshot(self._host, flight.started, flight.brought.answer(self.key))
