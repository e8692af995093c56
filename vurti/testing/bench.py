"""What the tests of sources need: a host that a source can talk to, and endpoints under watch."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from msgspec import UNSET

from vurti.clock import Clock
from vurti.clock.virtual_clock import VirtualClock
from vurti.model import (
    Host,
    Missed,
    Poll,
    Push,
    Question,
    Snapshot,
    VmStatesAnswer,
    VmStatus,
)
from vurti.streams.endpoint import Endpoint
from vurti.streams.source import Source
from vurti.testing.census import Census

OF_VMS = (Question.DEVICES, Question.EXTERNAL_DATA)
TIMEOUT_SECS, WAIT_SECS, STEP_SECS = 5.0, 20.0, 0.02


class SourceBench(Protocol):
    """Two hosts that answer well, each with a VM at least, and what can be done to them."""

    source: Source
    clock: Clock
    hosts: tuple[Host, Host]

    def endpoint(self, host: Host, clock: Clock) -> Endpoint:
        """One for this host over this clock, not opened yet. Its retries, if any, are quick."""

    def hang(self) -> None:
        """From now on both hosts take questions and answer none."""

    def refuse(self) -> None:
        """From now on nobody is there; what was connected is cut."""

    def recover(self) -> None:
        """Both answer well again."""

    def speak(self, host: Host) -> tuple[str, tuple[VmStatus, ...]]:
        """Make one VM of that host go through some statuses that the host tells by itself: the id
        of the VM, and the statuses. Only called where the source pushes."""

    def sent(self) -> frozenset[str]:
        """The calls that have reached the hosts so far, by their names on the wire."""


class Watched:
    """An open endpoint, and what it said by itself. `vms` are those that it listed last: what can
    be asked of single VMs is asked of the first."""

    def __init__(self, bench: SourceBench, host: Host, census: Census) -> None:
        self.host, self.census = host, census
        self.endpoint = bench.endpoint(host, census)
        self.pushes: list[Push] = []
        self.resyncs: list[str] = []
        self.vms: tuple[str, ...] = ()
        self.endpoint.open(self.pushes.append, self.resyncs.append)

    def ask(self, question: Question = Question.VMS, secs: float = TIMEOUT_SECS) -> Poll:
        """Ask in a task and wait for what comes."""
        (poll,) = self.ask_all([question], secs)
        return poll

    def ask_all(self, questions: list[Question], secs: float = TIMEOUT_SECS) -> list[Poll]:
        """Ask all at once; the polls in the order of the questions."""
        polls: dict[int, Poll] = {}

        def ask(at: int, question: Question) -> None:
            vms = self.vms[:1] if question in OF_VMS else ()
            polls[at] = self.endpoint.fetch(self.host.id, question, secs, vms)

        for at, question in enumerate(questions):
            self.census.spawn(ask, at, question)
        until(self.census, lambda: len(polls) == len(questions), "an answer", 2 * secs + WAIT_SECS)
        return [polls[at] for at in sorted(polls)]

    def answered(self, question: Question = Question.VMS) -> Snapshot:
        """Ask until there is an answer: a connection may take its time."""
        polls = list[Poll]()

        def came() -> bool:
            polls.append(self.ask(question))
            return isinstance(polls[-1], Snapshot)

        until(self.census, came, f"an answer to {question}: {polls[-1:]}")
        poll = polls[-1]
        assert isinstance(poll, Snapshot)
        if isinstance(poll.answer, VmStatesAnswer):
            self.vms = tuple(sorted(poll.answer.vms))
        return poll

    def missed(self, secs: float = TIMEOUT_SECS) -> Missed:
        """Ask for states, which must be missed."""
        poll = self.ask(secs=secs)
        assert isinstance(poll, Missed), f"it answered: {poll}"
        return poll

    def statuses(self, vm: str) -> tuple[VmStatus, ...]:
        """What pushes said of that VM; what was said twice in a row stands once."""
        told: list[VmStatus] = []
        for push in self.pushes:
            status = push.vms[vm].status if vm in push.vms else UNSET
            if status is not UNSET and told[-1:] != [status]:
                told.append(status)
        return tuple(told)


def until(clock: Clock, condition: Callable[[], bool], what: str, secs: float = WAIT_SECS) -> None:
    """Let time pass until it holds; an AssertionError tells what never came."""
    deadline = clock.now() + secs
    while not condition():
        assert clock.now() < deadline, f"{what}: not within {secs:g} s"
        pass_time(clock, STEP_SECS)


def pass_time(clock: Clock, secs: float) -> None:
    """Let others have their turn for so long, in real time and in virtual time."""
    real = clock.clock if isinstance(clock, Census) else clock
    if isinstance(real, VirtualClock):
        real.run(until=real.now() + secs)
    else:
        real.sleep_until(real.now() + secs)


@contextmanager
def watched(bench: SourceBench, *hosts: Host) -> Iterator[list[Watched]]:
    """Endpoints of these hosts, closed at the end."""
    census = Census(bench.clock)
    opened = [Watched(bench, host, census) for host in hosts or bench.hosts[:1]]
    try:
        yield opened
    finally:
        for one in opened:
            one.endpoint.close()
