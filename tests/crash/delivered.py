"""What those who follow have got: each event at least once, never of two contents, and of each VM
in the order of the log."""

import json
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.crash.history import History


class Delivered:
    """What one follower has got, in the order in which it came; ids that come again are counted."""

    def __init__(self) -> None:
        self.again = 0
        self._first: dict[str, dict[str, Any]] = {}  # of each id, in the order of their coming

    def __len__(self) -> int:
        return len(self._first)

    def take(self, events: Iterable[dict[str, Any]]) -> None:
        """These came: the fields of NDJSON lines."""
        for event in events:
            first = self._first.setdefault(event["id"], event)
            assert first == event, "an id came with two contents"
            self.again += first is not event

    def compare(self, history: History, everything: bool = False) -> None:
        """Nothing that is not in the log; and of each thing in its order. With `everything` all of
        the log."""
        places: defaultdict[str, list[int]] = defaultdict(list)
        for id, event in self._first.items():
            assert id in history.events, f"{event} came, and was never committed"
            places[event.get("vm") or event["host"]].append(history.events[id])
        disordered = [thing for thing, cursors in places.items() if cursors != sorted(cursors)]
        assert disordered == []
        if everything:
            assert len(self._first) == len(history.events), "something was not delivered"


class Lines:
    """The file of `vurti run --events FILE`, which each start goes on with from the log's end: what
    was committed as one died may be missing there, and its last line may be half a line."""

    def __init__(self, path: Path) -> None:
        self.delivered = Delivered()
        self._path, self._place = path, 0

    def read_on(self) -> None:
        """What is new; whoever wrote it is dead by now."""
        if not self._path.exists():
            return
        with self._path.open("rb") as file:
            file.seek(self._place)
            text = file.read()
        self._place += len(text)
        if text and not text.endswith(b"\n"):
            self._end_half_a_line()
        whole = text.rpartition(b"\n")[0]
        self.delivered.take(json.loads(line) for line in whole.splitlines())

    def _end_half_a_line(self) -> None:
        with self._path.open("ab") as file:
            self._place += file.write(b"\n")
