"""All that one log has ever been read to say, and what has to hold between any two readings."""

import hashlib
from typing import NamedTuple

import msgspec

from vurti.events import Event, VmAdded, VmRemoved
from vurti.model import Vds, Vm
from vurti.model.commit import Logged
from vurti.repository import Reader, VdsRecord, VmRecord

PAGE = 2000


class Kept(NamedTuple):
    """What a thing is by now, as the log tells it: None where it was removed."""

    value: Vm | Vds | None
    seq: int


class Counts(NamedTuple):
    """What was read so far. `sums` are events that stand for several, `returns` those marked as
    found after a restart, `removed` VMs that were forgotten, `epochs` the starts that have left an
    event."""

    events: int
    vms: int
    sums: int
    returns: int
    removed: int
    epochs: int


class History:
    """The log of a scope, read on by `read_on` after each crash; each reading asserts contract 6, 7
    and 9 against all that was read before."""

    def __init__(self) -> None:
        self.cursor = 0
        self.things: dict[str, Kept] = {}
        self.cursors: dict[str, int] = {}  # of each id, for those who follow
        self.vm_of: dict[int, str] = {}  # the VM of the event at a cursor
        self._contents: dict[str, bytes] = {}
        self._epochs: list[int] = []
        self._sums = self._returns = self._removed = 0

    def read_on(self, reader: Reader) -> None:
        """Read what is new, and compare the rows with all of it."""
        while page := reader.log(self.cursor, PAGE):
            for logged in page:
                self._add(logged)
        self._compare([*reader.vdss.list(), *reader.vdss.vms.list()])

    def read_again(self, reader: Reader) -> None:
        """Read all of it once more: it must say what it said."""
        cursor = 0
        while cursor < self.cursor and (page := reader.log(cursor, PAGE)):
            for logged in page:
                assert self.cursors[logged.event.id] == logged.cursor
                assert self._contents[logged.event.id] == _content(logged.event), logged
            cursor = page[-1].cursor
        assert cursor >= self.cursor, f"the log ends at {cursor}, and once reached {self.cursor}"

    def counts(self) -> Counts:
        """For who tells of it."""
        vms = sum(isinstance(one.value, Vm) for one in self.things.values())
        epochs = len(set(self._epochs))
        return Counts(self.cursor, vms, self._sums, self._returns, self._removed, epochs)

    def _add(self, logged: Logged) -> None:
        event = logged.event
        assert logged.cursor == self.cursor + 1, "cursors have a gap"
        self._adjoins(event)
        content = _content(event)
        assert self._contents.setdefault(event.id, content) == content, "an id of two contents"
        assert event.id not in self.cursors, "an event is in the log twice"
        epoch = int(event.id.split(".")[1])
        assert not self._epochs or epoch >= self._epochs[-1], "an older start has written"
        self._epochs.append(epoch)
        self.cursor = self.cursors[event.id] = logged.cursor
        if isinstance(event.after or event.before, Vm):
            self.vm_of[logged.cursor] = event.thing
        self.things[event.thing] = Kept(event.after, event.seq)
        self._sums += event.seq_first < event.seq
        self._returns += event.restart
        self._removed += isinstance(event, VmRemoved)

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
