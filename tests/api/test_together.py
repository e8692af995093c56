"""Several logs over one line: each told whole and in its order, and by its name."""

from collections.abc import Iterator

import pytest

from tests.api.conftest import Api
from tests.api.test_hub import _Log
from vurti.api.stream import hub
from vurti.api.stream.hubs import Hubs
from vurti.clock.virtual_clock import VirtualClock


class Logs:
    """Logs of two scopes, their hubs, and what one reader of both has got."""

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.logs = {"east": _Log(self.clock), "west": _Log(self.clock)}
        self.hubs = Hubs(self.clock, self.logs.__getitem__)
        self.got: list[tuple[str, str]] = []
        self.pieces = 0

    def add(self, scope: str, count: int) -> None:
        self.logs[scope].add(count)
        self.hubs.wake()

    def read(self, **places: int | None) -> None:
        self.clock.spawn(self._read, self.hubs.read(places, None))

    def go_on(self, secs: float = 1.0) -> None:
        self.clock.run(until=self.clock.now() + secs)

    def of(self, scope: str, key: str = "id") -> list[str]:
        """The values of a key of what came of that scope."""
        return [
            text.partition(f"{key}: ")[2].partition("\n")[0]
            for name, text in self.got
            if name == scope
        ]

    def _read(self, pieces: Iterator[bytes]) -> None:
        scope = ""
        for piece in pieces:
            self.pieces += 1
            for block in piece.decode().split("\n\n"):
                if block.startswith("event: scope"):
                    scope = block.partition('{"scope":"')[2].partition('"')[0]
                elif block:
                    self.got.append((scope, block))


@pytest.fixture
def logs() -> Iterator[Logs]:
    logs = Logs()
    logs.add("east", 3)
    logs.add("west", 5)
    yield logs
    logs.hubs.close()
    logs.go_on()
    assert logs.clock.stray() == []
    assert logs.clock.errors == []
    assert logs.hubs.readers == 0


def test_each_log_is_told_from_its_own_place_on_and_by_its_name(logs: Logs) -> None:
    logs.read(east=1, west=4)
    logs.go_on()
    logs.add("west", 1)
    logs.go_on()
    logs.add("east", 2)
    logs.go_on()
    assert logs.of("east") == ["2", "3", "4", "5"]
    assert logs.of("west") == ["5", "6"]
    assert logs.hubs.readers == 1


def test_who_says_nothing_gets_what_comes_from_now_on_of_each(logs: Logs) -> None:
    logs.read(east=None, west=None)
    logs.go_on()
    assert (logs.of("east"), logs.of("west")) == ([], [])
    logs.add("east", 1)
    logs.go_on()
    assert (logs.of("east"), logs.of("west")) == (["4"], [])


def test_a_line_over_which_nothing_comes_tells_how_far_each_log_was_read(logs: Logs) -> None:
    logs.read(east=3, west=5)
    logs.go_on(hub.KEEP_ALIVE_SECS + 1)
    assert (logs.of("east"), logs.of("west")) == (["3"], ["5"])
    assert logs.pieces == 2


def test_what_one_log_has_forgotten_is_said_of_that_one_alone(logs: Logs) -> None:
    logs.logs["east"].first = 3
    logs.read(east=1, west=5)
    logs.go_on()
    assert logs.of("east", "event") == ["resync"]
    assert logs.of("west", "event") == []


def test_one_log_that_fails_keeps_no_other_from_being_told(logs: Logs) -> None:
    logs.read(east=3, west=5)
    logs.go_on()
    logs.logs["east"].fails = True
    logs.add("east", 1)
    logs.add("west", 1)
    logs.go_on(5)
    assert (logs.of("east"), logs.of("west")) == ([], ["6"])
    logs.logs["east"].fails = False
    logs.go_on(5)
    assert logs.of("east") == ["4"]


def test_when_vurti_ends_the_reader_of_several_is_told_once(logs: Logs) -> None:
    logs.read(east=3, west=5)
    logs.go_on()
    logs.hubs.close()
    logs.go_on()
    assert [text for _, text in logs.got if text.startswith("event")] == ["event: bye\ndata: {}"]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("scope=system&scope=none", 404),
        ("scope=system&scope=system&after=1", 422),
        ("scope=system&scope=system&after=1&after=x", 422),
    ],
)
def test_several_scopes_that_do_not_fit_are_refused(api: Api, query: str, status: int) -> None:
    assert api.get(f"/stream?{query}").status_code == status
