"""All that one log has ever been read to say, and what has to hold between any two readings."""

import hashlib
from typing import NamedTuple

import msgspec

from vurti.events import Event, VmAdded, VmLeftScope, VmRemoved
from vurti.model import Vds, Vm
from vurti.repository import AllReader, VdsRecord, VmRecord
from vurti.repository.all_logs import Entry

PAGE = 2000


class Kept(NamedTuple):
    """What a thing is by now, as the log tells it: None where it was removed."""

    value: Vm | Vds | None
    seq: int


class Counts(NamedTuple):
    """What was read so far. `sums` are events that stand for several, `returns` those marked as
    found after a restart, `removed` VMs that were forgotten, `crossed` those that went from one
    scope to another, `epochs` the starts that have left an event."""

    events: int
    vms: int
    sums: int
    returns: int
    removed: int
    crossed: int
    epochs: int


class History:
    """The logs of all scopes, read on by `read_on` after each crash; each reading asserts contract
    6, 7 and 9 against all that was read before. `cursors` is where each scope's log ended then,
    `events` the number of each id, in the order in which they were read."""

    def __init__(self) -> None:
        self.cursors: dict[str, int] = {}
        self.events: dict[str, int] = {}
        self.things: dict[str, Kept] = {}
        self._places: dict[str, str] = {}
        self._contents: dict[str, bytes] = {}
        self._epochs: dict[str, set[int]] = {}
        self._sums = self._returns = self._removed = self._crossed = 0

    def read_on(self, reader: AllReader) -> None:
        """Read what is new, and compare the rows with all of it."""
        for entry in reader.logs(self.cursors).all(PAGE):
            self._add(entry)
        self._compare([*reader.vdss.list(), *reader.vdss.vms.list()])

    def read_again(self, reader: AllReader) -> None:
        """Read all of it once more: it must say what it said."""
        met = 0
        for entry in reader.logs().all(PAGE):
            event = entry.logged.event
            if event.id in self.events:
                met += 1
                assert self._places[event.id] == entry.place
                assert self._contents[event.id] == _content(event), entry
        assert met == len(self.events), "the log has not all that it had"

    def counts(self) -> Counts:
        """For who tells of it."""
        vms = sum(isinstance(one.value, Vm) for one in self.things.values())
        epochs = max(map(len, self._epochs.values()), default=0)
        seldom = (self._removed, self._crossed)
        return Counts(len(self.events), vms, self._sums, self._returns, *seldom, epochs)

    def _add(self, entry: Entry) -> None:
        scope, event = entry.scope, entry.logged.event
        assert entry.logged.cursor == self.cursors.get(scope, 0) + 1, "cursors have a gap"
        self._adjoins(event)
        content = _content(event)
        assert self._contents.setdefault(event.id, content) == content, "an id of two contents"
        assert event.id not in self.events, "an event is in the log twice"
        epochs = self._epochs.setdefault(scope, set())
        epoch = int(event.id.removeprefix(f"{scope}.").split(".")[0])
        assert not epochs or epoch >= max(epochs), "an older start has written"
        epochs.add(epoch)
        self.cursors[scope] = entry.logged.cursor
        self.events[event.id], self._places[event.id] = len(self.events), entry.place
        self.things[event.thing] = Kept(event.after, event.seq)
        self._sums += event.seq_first < event.seq
        self._returns += event.restart
        self._removed += isinstance(event, VmRemoved)
        self._crossed += isinstance(event, VmLeftScope)

    def _adjoins(self, event: Event) -> None:
        known = self.things.get(event.thing, Kept(None, 0))
        assert event.before == known.value, (event, known)
        assert event.seq_first == known.seq + 1, (event, known)
        assert event.seq >= event.seq_first, event
        if isinstance(event, VmAdded):
            assert known.value is None, "added twice"
        if isinstance(event, VmRemoved):
            assert known.value is not None, "removed twice"

    def _compare(self, records: list[VdsRecord | VmRecord]) -> None:
        rows = {record.value.id: Kept(record.value, record.seq) for record in records}
        told = {thing: one for thing, one in self.things.items() if one.value is not None}
        differ = {
            thing: (rows.get(thing), told.get(thing))
            for thing in rows.keys() | told.keys()
            if rows.get(thing) != told.get(thing)
        }
        assert differ == {}, "rows are not what the log replays to"


def _content(event: Event) -> bytes:
    return hashlib.blake2b(msgspec.json.encode(event), digest_size=16).digest()
