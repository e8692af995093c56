"""Entries that are as they were are not read again: in a big inventory nearly all of them."""

from typing import Any, Generic, TypeVar

from msgspec.structs import replace

from vurti.inventory.answer import Listed
from vurti.inventory.reading import Entries, ReadEntries
from vurti.model import Host, VmFacts

T = TypeVar("T", Host, VmFacts)


class Memory:
    """A ReadEntries that asks another one only about what is new or has changed, or was bad."""

    def __init__(self, entries: ReadEntries) -> None:
        self._entries = entries
        self._hosts, self._vms = _Known[Host](), _Known[VmFacts]()

    def __call__(self, hosts: Entries, vms: Entries) -> Listed:
        listed = self._entries(self._hosts.unread(hosts), self._vms.unread(vms))
        return replace(
            listed,
            hosts=self._hosts.complete(hosts, listed.hosts),
            vms=self._vms.complete(vms, listed.vms),
        )


class _Known(Generic[T]):
    """The good entries of the last answer, as they were told and as they were read."""

    def __init__(self) -> None:
        self._told: dict[str, Any] = {}
        self._read: dict[str, T] = {}

    def unread(self, told: Entries) -> Entries:
        return {
            id_: entry
            for id_, entry in told.items()
            if id_ not in self._told or self._told[id_] != entry
        }

    def complete(self, told: Entries, read: tuple[T, ...]) -> tuple[T, ...]:
        """All good ones in the order of the answer. `read` are those that were unread."""
        fresh = {one.id: one for one in read}
        same = {id_: self._read[id_] for id_ in told if self._told.get(id_, _NONE) == told[id_]}
        good = {**same, **fresh}
        self._read = {id_: good[id_] for id_ in told if id_ in good}
        self._told = {id_: told[id_] for id_ in self._read}
        return tuple(self._read.values())


_NONE = object()
