"""What every sink must do, as tests: a sink of your own runs them as ours do.

    class TestMine(SinkConformance):
        @pytest.fixture
        def bench(self) -> MyBench: ...

A `SinkBench` is a receiver that the sink can talk to, and ways to make it refuse and hang.
docs/sinks.md tells what each test is about.
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from vurti.streams.sink import Item, Later, Outcome, Over, Sink, SinkKind, Taken, Unreadable

WAIT_SECS, STEP_SECS = 20.0, 0.02


class SinkBench(Protocol):
    """A receiver that is well."""

    kind: SinkKind

    def sink(self) -> Sink:
        """One that tells it, with a `timeout_secs` that is longer than WAIT_SECS, if it has any."""

    def told(self) -> list[str]:
        """What the receiver has, in the order of its coming: `key` of each item."""

    def key(self, item: Item) -> str:
        """How an item is known again at the receiver."""

    def refuse(self) -> None:
        """From now on nobody is there."""

    def hang(self) -> None:
        """From now on it takes what comes and says nothing. May skip the test."""

    def recover(self) -> None:
        """It is well again, and has what it had."""

    def bad(self) -> Item:
        """An item that it will never take. May skip the test."""


def item(number: int) -> Item:
    """An item unlike all others."""
    line = (
        f'{{"id":"id{number}","seq":{number},"kind":"VmStateChanged","vm":"vm{number:03}",'
        '"before":"Up","after":"Down","reason":"told by a test"}'
    )
    place = ("system", "events", number, 1e9 + number, 1e9 + number)
    return Item(f"id{number:03}", "VmStateChanged", f"vm/vm{number:03}", *place, line)


class SinkConformance:
    """The tests."""

    def test_what_it_says_is_taken_has_come_in_its_order(self, bench: SinkBench) -> None:
        items = [item(number) for number in range(1, 6)]
        sink = bench.sink()
        for some in (items[:1], items[1:]) if _several(bench) else [[one] for one in items]:
            assert sink.send(some) == Taken()
        sink.close()
        assert bench.told() == [bench.key(one) for one in items]

    def test_making_one_connects_to_nothing_and_closing_it_twice_harms_nothing(
        self, bench: SinkBench
    ) -> None:
        bench.refuse()
        sink = bench.sink()
        sink.close()
        sink.close()

    def test_nobody_there_is_no_exception_and_it_goes_on_once_somebody_is(
        self, bench: SinkBench
    ) -> None:
        sink = bench.sink()
        bench.refuse()
        for _ in range(3):
            outcome = sink.send([item(1)])
            assert isinstance(outcome, Later), outcome
            assert outcome.reason
        bench.recover()
        assert _until_taken(sink, item(1)) == Taken()
        sink.close()
        assert set(bench.told()) == {bench.key(item(1))}

    def test_one_that_was_closed_can_tell_again(self, bench: SinkBench) -> None:
        """As behind a fault: what it needs it makes anew."""
        sink = bench.sink()
        assert sink.send([item(1)]) == Taken()
        sink.close()
        assert sink.send([item(2)]) == Taken()
        sink.close()
        assert bench.told() == [bench.key(item(1)), bench.key(item(2))]

    def test_what_can_never_be_taken_is_said_to_be_unreadable(self, bench: SinkBench) -> None:
        sink = bench.sink()
        outcome = sink.send([bench.bad()])
        assert isinstance(outcome, Unreadable), outcome
        assert outcome.reason
        assert sink.send([item(1)]) == Taken()
        sink.close()

    def test_a_send_that_hangs_ends_soon_once_it_is_aborted(self, bench: SinkBench) -> None:
        sink = bench.sink()
        bench.hang()

        def aborted() -> bool:
            sink.abort()  # once there is something to be cut
            return sending.done()

        with ThreadPoolExecutor(1) as pool:  # as vurti calls it: in a thread of its own
            sending = pool.submit(sink.send, [item(1)])
            _wait(aborted, "the end of a send")
        bench.recover()
        assert isinstance(sending.result(), Later), sending.result()
        assert _until_taken(sink, item(1)) == Taken()
        sink.close()

    def test_aborting_when_nothing_is_under_way_harms_nothing(self, bench: SinkBench) -> None:
        sink = bench.sink()
        sink.abort()
        assert _until_taken(sink, item(1)) == Taken()
        sink.abort()
        assert _until_taken(sink, item(2)) == Taken()
        sink.close()

    def test_its_settings_say_what_each_key_is(self, bench: SinkBench) -> None:
        fields = bench.kind.settings.model_fields
        assert {name for name, one in fields.items() if not one.description} == set()
        assert fields["kind"].default == bench.kind.name


def _several(bench: SinkBench) -> bool:
    """Whether it takes several at once."""
    mode = bench.kind.settings.model_fields.get("mode")
    return mode is None or mode.default != "single"


def _until_taken(sink: Sink, one: Item) -> Outcome:
    """It may need another attempt or two to see that all is well."""
    outcomes: list[Outcome] = []

    def try_again() -> bool:
        outcomes.append(sink.send([one]))
        return isinstance(outcomes[-1], Taken | Over)

    _wait(try_again, "that it is taken")
    return outcomes[-1]


def _wait(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + WAIT_SECS
    ended = threading.Event()
    while not condition():
        assert time.monotonic() < deadline, f"{what} did not come"
        ended.wait(STEP_SECS)
