"""One host that answers by the book: which of its VMs are paused, and how late it is there."""

import time

from benchmarks.peer.book import CLOCK, HOST, HOST_RAW, LIVED, SINCE, Book, vm_id

BOOTED, LIVED_SECS = time.time() - 2e9, 3600.0
"""So long ago that its clock has as many digits as there is room for."""


class Host:
    """A host by its number. With each answer about all its VMs the share `changing` of them are
    paused or go on, one after the other; `told` has each with the time of day of that answer."""

    def __init__(self, number: int, changing: float) -> None:
        self.name = f"{number:08d}"
        self._number, self._raw = self.name.encode(), bytes.fromhex(self.name)
        self._changing, self._due = changing, 0.618 * number % 1
        self._turn = number * 7
        self._asked = number
        self._since: dict[int, bytes] = {}
        self._paused: set[int] = set()
        self.told: list[tuple[str, bool, float]] = []

    def all_vms(self, book: Book) -> bytes:
        """What it answers about all its VMs, the next time it is asked."""
        moment = book.moments[self._asked % len(book.moments)]
        self._asked += 1
        clock = b"%d" % int(1000 * (time.time() - BOOTED))
        self._change(len(moment), clock)
        pieces = [one.up for one in moment]
        for vm in self._since:
            piece = moment[vm].paused if vm in self._paused else moment[vm].up
            pieces[vm] = piece.replace(SINCE, self._since[vm])
        whole = b"".join((book.opening, book.between.join(pieces), book.closing))
        return self._filled(whole, clock)

    def named(self, book: Book, name: str) -> bytes | None:
        """What it answers to another question."""
        found = book.named.get(name)
        return None if found is None else found.replace(HOST, self._number)

    def _filled(self, told: bytes, clock: bytes) -> bytes:
        told = told.replace(HOST, self._number).replace(HOST_RAW, self._raw).replace(CLOCK, clock)
        lived = b"%07d" % (time.time() - BOOTED - 2e9 + LIVED_SECS)
        return told.replace(LIVED, lived).replace(SINCE, b"1000000000000")

    def _change(self, vms: int, clock: bytes) -> None:
        self._due += self._changing * vms
        while self._due >= 1:
            self._due -= 1
            vm = self._turn = (self._turn + 1) % vms
            self._paused ^= {vm}
            self._since[vm] = clock
            self.told.append((vm_id(self.name, vm), vm in self._paused, time.time()))
