"""The live stream: every reader gets the log, each event once, from where it wants."""

import json
from collections.abc import Callable, Iterator, Sequence

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vurti.api.stream import hub as hubs
from vurti.api.stream import ring as rings
from vurti.api.stream.hub import Hub
from vurti.api.stream.ring import Frame, Ring, Wanted
from vurti.clock.virtual_clock import VirtualClock
from vurti.errors import StoreError
from vurti.events import VmKnown
from vurti.model.commit import Logged
from vurti.testing import vm


class _Log:
    """A log of so many events, that can fail, forget, and take its time to answer."""

    def __init__(self, clock: VirtualClock) -> None:
        self.logged: list[Logged] = []
        self.first, self.fails, self.asked = 1, False, 0
        self.takes_secs, self._clock = 0.0, clock

    def add(self, count: int) -> None:
        for number in range(len(self.logged) + 1, len(self.logged) + count + 1):
            event = VmKnown(id=f"e{number}", after=vm(f"vm{number % 7}"), seq=number)
            self.logged.append(Logged(number, 0.0, event))

    def read(self, after: int, limit: int) -> Sequence[Logged]:
        self.asked += 1
        start = max(after, self.first - 1)
        found = self.logged[start : start + limit]  # as it is now, however long that takes
        if self.takes_secs:
            self._clock.sleep_until(self._clock.now() + self.takes_secs)
        if self.fails:
            raise StoreError("it is gone")
        return found

    def bounds(self) -> tuple[int, int]:
        return (self.first, len(self.logged)) if self.logged else (0, 0)


class _Reader:
    """What one reader of the stream has got."""

    def __init__(self, clock: VirtualClock, pieces: Iterator[bytes]) -> None:
        self.text = ""
        self.task = clock.spawn(self._read, pieces)
        self.pieces = pieces

    def _read(self, pieces: Iterator[bytes]) -> None:
        for piece in pieces:
            self.text += piece.decode()

    @property
    def ids(self) -> list[int]:
        """The cursors of the events, in the order of their coming."""
        blocks = (block.split("\n") for block in self.text.split("\n\n"))
        named = [dict(line.partition(": ")[::2] for line in block) for block in blocks]
        return [int(one["id"]) for one in named if one.get("event") == "VmKnown"]

    @property
    def resyncs(self) -> list[dict[str, object]]:
        blocks = self.text.split("\n\n")
        return [json.loads(one.split("data: ")[1]) for one in blocks if "event: resync" in one]


class _Stream:
    """A hub over such a log, in virtual time."""

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.log = _Log(self.clock)
        self.hub = Hub(self.clock, self.log)

    def read(self, after: int | None = None, wanted: Wanted | None = None) -> _Reader:
        return _Reader(self.clock, self.hub.read(after, wanted))

    def add(self, count: int) -> None:
        self.log.add(count)
        self.hub.wake()

    def commit(self, count: int) -> None:
        """The same by the process that serves: it hands over what it has committed."""
        before = len(self.log.logged)
        self.log.add(count)
        self.hub.committed(self.log.logged[before:])

    def go_on(self, secs: float = 1.0) -> None:
        self.clock.run(until=self.clock.now() + secs)


@pytest.fixture
def stream() -> Iterator[_Stream]:
    stream = _Stream()
    stream.add(10)
    stream.hub.start()
    yield stream
    stream.hub.close()
    stream.go_on()
    assert stream.clock.stray() == []
    assert stream.clock.errors == []
    assert stream.hub.readers == 0


def test_who_says_nothing_gets_what_comes_from_now_on(stream: _Stream) -> None:
    reader = stream.read()
    stream.go_on()
    stream.add(3)
    stream.go_on()
    assert reader.ids == [11, 12, 13]
    assert "event: scope" not in reader.text  # there is one: nobody needs to be told which


def test_who_comes_back_goes_on_behind_what_it_had_also_before_the_hub_began(
    stream: _Stream,
) -> None:
    stream.add(5)
    stream.go_on()
    readers = [stream.read(after) for after in (0, 7, 10, 12, 15)]
    stream.go_on()
    stream.add(1)
    stream.go_on()
    assert [reader.ids for reader in readers] == [
        list(range(after + 1, 17)) for after in (0, 7, 10, 12, 15)
    ]


def test_who_waits_at_one_place_is_sent_the_same_bytes_and_who_chooses_his_own(
    stream: _Stream,
) -> None:
    stream.read()
    stream.go_on()
    stream.commit(5)
    stream.go_on()
    pieces = [stream.hub.piece(after, None)[0] for after in (10, 10, 12, 15, 10)]
    assert pieces[0] is pieces[1]
    assert [len(piece.split(b"\n\n")) - 1 for piece in pieces] == [5, 5, 3, 0, 5]
    assert stream.hub.piece(10, lambda frame: frame.cursor == 12)[0] in pieces[0]
    assert stream.hub.piece(10, None)[0] == pieces[0]
    stream.commit(3)
    stream.go_on()  # from the same place on there is more by now
    assert stream.hub.piece(10, None)[0].count(b"\n\n") == 8


def test_an_event_is_there_within_a_tick_and_not_one_by_one(stream: _Stream) -> None:
    reader = stream.read()
    stream.go_on()
    for _ in range(50):
        stream.add(1)
    stream.go_on(2 * hubs.TICK_SECS)
    assert reader.ids == list(range(11, 61))


def test_a_reader_gets_what_it_wants_and_comes_back_behind_what_it_did_not_want(
    stream: _Stream,
) -> None:
    reader = stream.read(0, lambda frame: frame.thing == "vm3")
    stream.go_on()
    stream.add(4)
    stream.go_on()
    assert reader.ids == [3, 10]
    stream.go_on(hubs.KEEP_ALIVE_SECS + 1)
    assert reader.text.rstrip().endswith("id: 14")


def test_who_hears_nothing_hears_that_the_line_is_alive(stream: _Stream) -> None:
    reader = stream.read()
    stream.go_on(3 * hubs.KEEP_ALIVE_SECS + 1)
    assert reader.text.count(": still here") == 3


def test_who_missed_what_the_log_has_forgotten_is_told_to_read_the_state_anew(
    stream: _Stream,
) -> None:
    stream.log.first = 5
    reader = stream.read(2)
    stream.go_on()
    stream.add(2)
    stream.go_on()
    assert reader.resyncs == [{"first": 5, "last": 10, "snapshot": "/api/v1/snapshot"}]
    assert reader.ids == [11, 12]


def test_who_is_further_behind_than_is_worth_catching_up_is_told_so_too(
    stream: _Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hubs, "BEHIND_MAX", 5)
    readers = [stream.read(4), stream.read(5)]
    stream.go_on()
    assert [len(reader.resyncs) for reader in readers] == [1, 0]
    assert readers[1].ids == [6, 7, 8, 9, 10]
    assert stream.hub.resyncs == 1


def test_who_comes_from_another_store_is_told_to_read_the_state_anew(stream: _Stream) -> None:
    reader = stream.read(99)
    stream.go_on()
    assert [one["last"] for one in reader.resyncs] == [10]


def test_one_who_never_reads_delays_nobody_and_holds_nothing(
    stream: _Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rings, "EVENTS_MAX", 20)
    asleep = stream.hub.read(None)
    next(asleep)  # it has connected, and takes nothing more
    reader = stream.read()
    for _ in range(100):
        stream.add(10)
        stream.go_on()
    assert reader.ids == list(range(11, 1011))
    assert stream.hub.buffered_bytes < 20 * 500
    asleep.close()  # type: ignore[attr-defined]


def test_a_store_that_fails_loses_nothing_of_the_stream(stream: _Stream) -> None:
    reader = stream.read()
    stream.go_on()
    stream.log.fails = True
    stream.add(3)
    stream.go_on(10)
    assert reader.ids == []
    stream.log.fails = False
    stream.go_on(3)
    assert reader.ids == [11, 12, 13]
    assert stream.hub.failures > 0


def test_readers_share_what_was_read_once(stream: _Stream) -> None:
    readers = [stream.read() for _ in range(50)]
    stream.go_on()
    before = stream.log.asked
    stream.add(10)
    stream.go_on(0.5)
    assert stream.log.asked - before <= 2
    assert {tuple(reader.ids) for reader in readers} == {tuple(range(11, 21))}


@pytest.mark.parametrize(
    ("readers", "instants"), [(hubs.GROUPS, 1), (3 * hubs.GROUPS, hubs.GROUPS)]
)
def test_many_are_told_in_groups_between_which_others_have_their_turn(
    stream: _Stream, readers: int, instants: int
) -> None:
    told: list[float] = []

    def note(pieces: Iterator[bytes]) -> None:
        told.extend(stream.clock.now() for piece in pieces if b"event: VmKnown" in piece)

    for _ in range(readers):
        stream.clock.spawn(note, stream.hub.read(None))
    stream.go_on()
    stream.commit(3)
    stream.go_on()
    assert len(told) == readers
    assert len(set(told)) == instants
    assert max(told) - min(told) < hubs.TICK_SECS


def test_what_this_process_commits_is_not_read_from_the_log(stream: _Stream) -> None:
    readers = [stream.read(), stream.read(wanted=lambda frame: frame.thing == "vm5")]
    stream.go_on()
    before = stream.log.asked
    for _ in range(20):
        stream.commit(2)
        stream.go_on(0.05)
    stream.go_on()
    assert readers[0].ids == list(range(11, 51))
    assert readers[1].ids == [12, 19, 26, 33, 40, 47]
    assert stream.log.asked == before


@pytest.mark.parametrize("told", [_Stream.commit, _Stream.add], ids=["here", "elsewhere"])
def test_between_some_events_and_the_next_that_are_made_ready_others_have_their_turn(
    stream: _Stream, told: Callable[[_Stream, int], None]
) -> None:
    reader = stream.read()
    stream.go_on()
    seen: set[int] = set()

    def look() -> None:
        while stream.hub.end < 310:
            seen.add(stream.hub.end)
            stream.clock.sleep_until(stream.clock.now() + hubs.PAUSE_SECS / 2)

    stream.clock.spawn(look)
    told(stream, 300)
    stream.go_on()
    assert seen == set(range(10, 310, hubs.AT_ONCE))
    assert reader.ids == list(range(11, 311))


def test_what_is_given_while_there_is_no_time_for_it_is_bounded_and_read_from_the_log(
    stream: _Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hubs, "BEHIND_MAX", 100)
    reader = stream.read()
    stream.go_on()
    asked = stream.log.asked
    stream.commit(90)
    stream.go_on(hubs.TICK_SECS)  # into the pause behind the first of them
    assert 0 < len(stream.hub._given) < 90
    stream.commit(70)
    assert not stream.hub._given
    stream.go_on(hubs.TICK_SECS)
    for _ in range(30):
        stream.commit(4)
    assert len(stream.hub._given) <= 100
    stream.go_on(5)
    assert stream.log.asked > asked
    assert len(reader.resyncs) == 1


def test_while_nobody_reads_nothing_is_made_ready_and_who_comes_back_has_it_all(
    stream: _Stream,
) -> None:
    stream.commit(30)
    stream.go_on()
    assert stream.hub.buffered_bytes == 0
    reader = stream.read(7)
    stream.go_on()
    stream.commit(2)
    stream.go_on()
    assert reader.ids == list(range(8, 43))


def test_that_the_log_has_grown_makes_it_read_only_where_somebody_reads(stream: _Stream) -> None:
    stream.go_on()
    asked = stream.log.asked
    stream.log.add(30)
    stream.hub.grown(40)
    stream.go_on()
    assert (stream.hub.end, stream.log.asked) == (40, asked)
    reader = stream.read()
    stream.go_on()
    stream.log.add(2)
    stream.hub.grown(42)
    stream.go_on()
    assert reader.ids == [41, 42]


def test_what_was_read_of_the_log_does_not_set_back_what_was_passed_over_meanwhile(
    stream: _Stream,
) -> None:
    reader = stream.read()
    stream.go_on()
    stream.log.takes_secs = 0.5
    stream.add(40)
    stream.go_on(0.3)
    reader.task.kill()  # nobody reads any more, and the log is being read
    stream.go_on(0.05)
    assert stream.hub.readers == 0
    stream.log.add(10)
    stream.hub.grown(60)
    stream.go_on()
    assert stream.hub.end == 60
    late = stream.read(57)
    stream.go_on(2)
    assert late.ids == [58, 59, 60]


def test_an_end_that_was_seen_before_the_last_one_sets_nothing_back(stream: _Stream) -> None:
    stream.go_on()
    stream.log.add(10)
    stream.hub.grown(20)
    stream.hub.grown(15)
    assert stream.hub.end == 20


def test_what_is_committed_while_the_log_is_being_read_is_told_once(stream: _Stream) -> None:
    reader = stream.read()
    stream.go_on()
    stream.log.takes_secs = 0.5
    asked = stream.log.asked
    stream.hub.wake()
    stream.go_on(0.2)
    assert stream.log.asked == asked + 1, "the answer to this will have what is committed now"
    stream.commit(2)
    stream.go_on(5)
    assert reader.ids == [11, 12]


STEPS = ["commit", "elsewhere", "grown", "read", "fail", "mend", "slow", "wait"]


@example(["read", "wait", "commit", "elsewhere", "fail", "commit", "wait"], 50)
@given(st.lists(st.sampled_from(STEPS), max_size=40), st.sampled_from([1, 50]))
def test_whoever_commits_and_whatever_fails_every_reader_has_the_log_once(
    steps: list[str], at_once: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hubs, "AT_ONCE", at_once)
        _every_reader_has_the_log_once(steps)


def _every_reader_has_the_log_once(steps: list[str]) -> None:
    stream = _Stream()
    stream.add(3)
    stream.hub.start()
    readers: list[tuple[int, _Reader]] = []
    for step in steps:
        match step:
            case "commit":
                stream.commit(2)
            case "elsewhere":
                stream.add(1)
            case "grown":
                stream.log.add(2)
                stream.hub.grown(len(stream.log.logged))
            case "read":
                after = len(stream.log.logged) // 2
                readers.append((after, stream.read(after)))
            case "fail" | "mend":
                stream.log.fails = step == "fail"
            case "slow":
                stream.log.takes_secs = 0.2
            case _:
                stream.go_on(0.3)
    stream.log.fails = False
    stream.hub.wake()
    stream.go_on(10)
    last = len(stream.log.logged)
    assert [reader.ids for _, reader in readers] == [
        list(range(after + 1, last + 1)) for after, _ in readers
    ]
    stream.hub.close()


def test_when_vurti_ends_readers_are_told(stream: _Stream) -> None:
    reader = stream.read()
    stream.go_on()
    stream.hub.close()
    stream.go_on()
    assert reader.text.endswith("event: bye\ndata: {}\n\n")


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 60)), max_size=60), st.integers(1, 30))
def test_the_ring_has_all_behind_its_start_and_never_more_than_it_may(
    steps: list[tuple[int, int]], most: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rings, "EVENTS_MAX", most)
        ring, written = Ring(0), 0
        for count, after in steps:
            new = [Frame(written + n + 1, "k", "t", "h", "c", b"x" * 10) for n in range(count)]
            written += count
            ring.extend(new, written)
            assert len(ring) <= most
            assert ring.bytes == 10 * len(ring)
            found = ring.after(after, 1000)
            if found is None:
                assert after < ring.start
            else:
                assert [one.cursor for one in found] == list(range(after + 1, written + 1))
