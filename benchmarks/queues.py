"""What queues and Rx cost, each beside the plainest way to do the same."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from reactivex import Observable, abc
from reactivex.disposable import Disposable

from benchmarks import side_by_side
from benchmarks.registry import OURS, Figure, Run, benchmark
from benchmarks.side_by_side import Way
from vurti.clock.gevent_clock import GeventClock
from vurti.events import Event, VmStateChanged
from vurti.model import Decision, Poll, Row, Snapshot, Stamped, Vm, VmStatesAnswer, VmStatus
from vurti.streams.bulkhead import LiveStream, PollStream
from vurti.streams.decided import decided
from vurti.streams.mailbox import Mailbox
from vurti.streams.sequencer import Sequencer
from vurti.updaters.part import Part, add

ITEMS, CAPACITY, THINGS, PLAIN = 20_000, 2_000, 1_000, "plain"
UP, PAUSED = (Vm("vm", status=status) for status in (VmStatus.UP, VmStatus.PAUSED))


ROWS: dict[str, dict[str, Way]] = {}
"""Filled below, where the ways are."""


@benchmark("queues", "What queues and Rx cost", "µs an item")
def queues(run: Run) -> Iterator[Figure]:
    """A mailbox beside a deque, which has no bound and adds nothing up; Rx's way of a poll
    (observer, sequencer, operator, subject) beside calls of the same functions; a live stream with
    one subscriber beside a call of it. Rx's own share is the difference: the budget is 11 µs a
    poll."""
    for row, ways in ROWS.items():
        yield from side_by_side.rounds(run.rounds, row, ways, ITEMS)


def parts() -> list[Part]:
    """Changes of some VMs in turn, each beginning where the one before it ended."""
    made = []
    for number in range(ITEMS):
        turn = number // THINGS
        before, after = (UP, PAUSED) if turn % 2 else (PAUSED, UP)
        told = VmStateChanged(before=before, after=after, seq=turn, seq_first=turn)
        row = Row(after, turn)
        made.append(Part(f"vm{number % THINGS}", number, row, ((0, told),)))
    return made


def through_a_deque() -> Callable[[], None]:
    """The plainest queue: unbounded, and nothing adds up."""
    given, queue = parts(), deque[Part]()

    def run() -> None:
        for part in given:
            queue.append(part)
        while queue:
            queue.popleft()

    return run


def through_a_mailbox() -> Callable[[], None]:
    """There is room for all."""
    return _through(2 * ITEMS)


def through_a_full_mailbox() -> Callable[[], None]:
    """There is room for a tenth."""
    return _through(CAPACITY)


def _through(capacity: int) -> Callable[[], None]:
    given = parts()
    box: Mailbox[Part] = Mailbox(capacity, lambda part: part.thing, add, now=time.monotonic)

    def run() -> None:
        for part in given:
            box.offer(part)
        box.take()

    return run


class _View:
    def apply(self, decision: Decision) -> None:
        """Nothing is to be known."""


def _decide(_view: _View, stamped: Stamped) -> Decision:
    return Decision(stamped.number, stamped.at, stamped.wall)


def a_poll_by_calls() -> Callable[[], None]:
    """The same functions, without anything between them."""
    clock, view, heard = GeventClock(), _View(), list[int]()
    poll = Snapshot("host", 0.0, VmStatesAnswer({}))

    def polled(number: int, poll: Poll) -> None:
        stamped = Stamped(number, clock.now(), clock.wall(), poll)
        decision = _decide(view, stamped)
        view.apply(decision)
        heard.append(decision.number)

    def run() -> None:
        for number in range(ITEMS):
            polled(number, poll)

    return run


def a_poll_by_rx() -> Callable[[], None]:
    """As an adapter binds it: the host's observable, the stream of polls, the sequencer, decide."""
    clock, heard = GeventClock(), list[int]()
    poll = Snapshot("host", 0.0, VmStatesAnswer({}))
    observers: list[abc.ObserverBase[Poll]] = []
    polls, sequencer = PollStream(clock), Sequencer(clock)
    sequencer.stamped.pipe(decided(_View(), _decide)).subscribe(
        lambda decision: heard.append(decision.number)
    )

    def subscribe(observer: abc.ObserverBase[Poll], _: Any = None) -> abc.DisposableBase:
        observers.append(observer)
        return Disposable()

    def polled(poll: Poll) -> None:
        polls.emit(poll)
        sequencer.put(poll)

    Observable(subscribe).subscribe(polled)
    (observer,) = observers

    def run() -> None:
        for _ in range(ITEMS):
            observer.on_next(poll)

    return run


def an_event_by_call() -> Callable[[], None]:
    """The subscriber is called by whoever has the event."""
    heard = list[Event]()
    return partial(_tell_all, heard.append)


def an_event_by_stream() -> Callable[[], None]:
    """What is emitted waits, and is then told in bursts."""
    clock, heard = GeventClock(), list[Event]()
    live = LiveStream(clock, queue_max=ITEMS)
    live.observable.subscribe(heard.append)

    def run() -> None:
        _tell_all(live.emit)
        while len(heard) < ITEMS:
            clock.sleep_until(clock.now())

    return run


EVENTS = [
    VmStateChanged(before=UP, after=Vm(f"vm{number}", status=VmStatus.PAUSED))
    for number in range(ITEMS)
]


def _tell_all(tell: Callable[[Event], None]) -> None:
    for one in EVENTS:
        tell(one)


ROWS |= {
    "mailbox: in and out": {OURS: through_a_mailbox, PLAIN: through_a_deque},
    "mailbox: in, nine of ten added up": {OURS: through_a_full_mailbox, PLAIN: through_a_deque},
    "a poll, from its observer to who follows": {OURS: a_poll_by_rx, PLAIN: a_poll_by_calls},
    "an event, to a subscriber of a stream": {OURS: an_event_by_stream, PLAIN: an_event_by_call},
}
