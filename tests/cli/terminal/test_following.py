"""Following a vurti: its stream, and what is asked again and again."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from vurti.cli.terminal.beats import Beats
from vurti.cli.terminal.begin import begun
from vurti.cli.terminal.streaming import Anew, stream
from vurti.cli.terminal.told import Ages, MorePage
from vurti.errors import VurtiError


class Asked:
    """A client whose answers are made up; `asked` are the paths."""

    def __init__(self, *pieces: bytes, last: int = 9) -> None:
        self._pieces, self._last = pieces, last
        self.asked: list[str] = []
        self.query: dict[str, Any] = {}

    def pieces(self, *path: str, silent_secs: float, **query: Any) -> Iterator[bytes]:
        self.query = query
        return iter(self._pieces)

    def get(self, *path: str, **query: Any) -> Any:
        self.asked.append("/".join(path))
        scopes = [{"scope": one, "first": 3, "last": self._last} for one in ("east", "west")]
        return {"about": {"version": "1"}, "scopes": {"items": scopes}}.get(path[0], {})

    def get_as(self, type_: type[Any], *path: str, **query: Any) -> Any:
        self.asked.append("/".join((*path, *([query["scope"]] if "scope" in query else ()))))
        if type_ is Ages:
            return Ages(2.0, 4.0, 9.0, None, None, [], 0.0)
        return (
            MorePage([], None) if type_ is MorePage else type_(cursor=9, at=0.0, hosts=[], vms=[])
        )


def message(name: str, id_: int | None = None, **data: Any) -> bytes:
    head = f"id: {id_}\n" if id_ is not None else ""
    return f"{head}event: {name}\ndata: {json.dumps(data)}\n\n".encode()


def event(vm: str) -> dict[str, str]:
    return {"id": vm, "kind": "VmAdded", "vm": vm, "observed_at": "2026-01-01T00:00:00Z"}


def followed(cursors: dict[str, int], *pieces: bytes) -> list[str]:
    found = stream(Asked(*pieces), cursors, 20.0)  # type: ignore[arg-type]  # as far as it is used
    return [one.thing for events in found for one in events]


def test_each_log_is_followed_from_behind_its_own_cursor() -> None:
    cursors = {"east": 5, "west": 7}
    told = followed(
        cursors,
        message("scope", scope="west") + message("VmAdded", 8, **event("w")),
        b": still here\nid: 9\n\n" + message("scope", scope="east") + b": still here\nid: 6\n\n",
    )
    assert (told, cursors) == (["w"], {"east": 6, "west": 9})


def test_that_vurti_ends_is_told_and_what_came_before_it_counts() -> None:
    cursors = {"system": 5}
    found = stream(
        Asked(message("VmAdded", 6, **event("v")) + message("bye")),  # type: ignore[arg-type]
        cursors,
        20.0,
    )
    assert [one.thing for one in next(found)] == ["v"]
    with pytest.raises(VurtiError, match="vurti has ended"):
        next(found)
    assert cursors == {"system": 6}


def test_what_was_missed_for_good_means_to_read_all_anew() -> None:
    with pytest.raises(Anew):
        followed({"system": 5}, message("resync", 90, first=80, last=90))


@pytest.mark.parametrize("piece", [b"data: {nonsense\n\n", b"event: VmAdded\ndata: {}\n\n"])
def test_what_is_none_of_a_vurtis_ends_the_stream_with_a_sentence(piece: bytes) -> None:
    with pytest.raises(VurtiError, match="none of a vurti's"):
        followed({"system": 5}, b"event: VmAdded\n" + piece.removeprefix(b"event: VmAdded\n"))


@pytest.mark.parametrize(
    ("cursors", "anew"),
    [
        ({}, True),
        ({"east": 9, "west": 2}, False),
        ({"east": 9, "west": 1}, True),  # the log has forgotten what follows
        ({"east": 10, "west": 9}, True),  # the log ends before: it is another one
        ({"east": 9}, True),  # there is a scope more
    ],
)
def test_it_goes_on_where_the_logs_have_all_that_follows_and_begins_anew_elsewhere(
    cursors: dict[str, int], anew: bool
) -> None:
    client = Asked()
    told = begun(client, cursors)  # type: ignore[arg-type]  # as far as it is used
    assert (bool(told.snapshots), told.cursors) == (
        (True, {"east": 9, "west": 9}) if anew else (False, cursors)
    )


def test_what_takes_long_to_answer_is_asked_more_seldom() -> None:
    now = [0.0]
    beats, client = Beats(lambda: now[0]), Asked()
    list(beats.ask(client))  # type: ignore[arg-type]  # as far as it is used
    assert client.asked == ["ages", "pipeline", "health", "hosts"]
    assert beats.due == 2.0
    now[0] = 2.0
    for _ in beats.ask(client):  # type: ignore[arg-type]
        now[0] += 1.0  # each answer takes a second
    assert client.asked.count("hosts") == 1
    assert beats.due == 13.0


def test_a_question_that_fails_is_asked_again_at_its_time_and_not_at_once() -> None:
    class Gone(Asked):
        def get_as(self, type_: type[Any], *path: str, **query: Any) -> Any:
            raise VurtiError("gone")

    beats = Beats(lambda: 0.0)
    with pytest.raises(VurtiError):
        list(beats.ask(Gone()))  # type: ignore[arg-type]  # as far as it is used
    assert [type(one).__name__ for one in beats.ask(Asked())] == ["Reading", "MorePage"]  # type: ignore[arg-type]
