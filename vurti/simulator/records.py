"""The records of one host's VMs, encoded once a sample and filled in at each reply.

A host looks at its VMs every `sample_secs` and repeats in between what it saw; so do we, and only
what has changed is encoded anew. What a reply then costs is putting bytes one after another.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from vurti.model.inputs import Begun
from vurti.model.status import VmStatus
from vurti.simulator.dialect import Dialect
from vurti.simulator.encoding import Encoding
from vurti.simulator.old_vm_stats import old_vm_stats
from vurti.simulator.vm_stats import (
    AGE_SLOT,
    ELAPSED_SLOT,
    NOW_SLOT,
    Record,
    Sampled,
    vm_stats,
)
from vurti.simulator.words import wire_id
from vurti.world.machine import Guest, Machine, Run
from vurti.world.values import Listed, VmSample

_SLOT = re.compile(rb"@\{(now|elapsed|age)\}@")
_MIGRATION_SECS = 6.5
"""So long would a migration take that went on as it began: progress is told by it."""


class Ids:
    """The names that things of the world have on the wire, and a number for each VM."""

    def __init__(self, seed: int | str) -> None:
        self.seed = seed
        self._wire: dict[str, tuple[str, int]] = {}
        self.world: dict[str, str] = {}

    def wire(self, id: str) -> tuple[str, int]:
        """The UUID of a VM of the world, and its number."""
        known = self._wire.get(id)
        if known is None:
            known = self._wire[id] = (wire_id(self.seed, id), len(self._wire) + 1)
            self.world[known[0]] = id
        return known


class Moment(NamedTuple):
    """When a reply is made: seconds of the world, and the host's own clock as it goes out."""

    now: float
    clock_ms: int


class _Encoded(NamedTuple):
    """A record in bytes, cut at its slots: at odd places of `pieces` stands what fills them. It
    holds as long as what it was made of is the same."""

    listed: Listed
    round: int
    flaws: tuple[bool, str | None]
    pieces: list[bytes]


class _Seen:
    """What a host remembers of one run: when it began, and the last two samples."""

    def __init__(self, run: Run, since: float) -> None:
        self.run = run
        self.since = since
        self.round = -1
        self.at = since
        self.sample: VmSample | None = None
        self.before: VmSample | None = None
        self.apart_secs = 1.0
        self.encoded: dict[str, _Encoded] = {}

    def look(self, round: int, now: float) -> None:
        """Take the sample of this round."""
        self.apart_secs, self.before = max(now - self.at, 0.001), self.sample
        self.sample, self.at, self.round = self.run.sample(now), now, round


class Records:
    """What one host tells of its VMs. `stuck`, `guest_name` and `claims` are what faults set."""

    def __init__(self, machine: Machine, dialect: Dialect, ids: Ids, sample_secs: float) -> None:
        self._machine = machine
        self._dialect = dialect
        self._ids = ids
        self._sample_secs = sample_secs
        self._phase = machine.random.uniform(0, sample_secs)
        self._seen: dict[str, _Seen] = {}
        self._ghosts: dict[str, Run] = {}
        self.stuck = False
        self.guest_name: str | None = None
        self.watchdogs: dict[str, tuple[Run, dict[str, object]]] = {}
        self.encoded = 0
        for run in machine.runs.values():  # they were there before us, and have run for a while
            _, number = ids.wire(run.guest.id)
            self._seen[run.guest.id] = _Seen(run, -(number * 977 % 864_000 + sample_secs + 1))

    def claim(self, guests: Iterable[Guest], now: float) -> None:
        """Pretend that these VMs run here too."""
        self._ghosts = {
            guest.id: Run(guest, self._machine, VmStatus.UP, Begun.BOOTED, now) for guest in guests
        }

    def runs(self) -> dict[str, Run]:
        """What is listed, by the ids of the world."""
        return self._machine.runs | self._ghosts if self._ghosts else self._machine.runs

    def all(self, encoding: Encoding, moment: Moment) -> bytes:
        """The list of all records."""
        runs = self.runs()
        if len(self._seen) > 2 * len(runs) + 8:
            self._seen = {id: seen for id, seen in self._seen.items() if id in runs}
        return self._list(runs.values(), encoding, moment)

    def one(self, vm: str, encoding: Encoding, moment: Moment) -> bytes | None:
        """The list with one record; None where the host has no VM of that UUID."""
        run = self.find(vm)
        return None if run is None else self._list((run,), encoding, moment)

    def find(self, vm: str) -> Run | None:
        """The run of that UUID here."""
        return self.runs().get(self._ids.world.get(vm, ""))

    def record(self, run: Run, moment: Moment) -> Record:
        """One record as a value, slots filled."""
        seen = self._look(run, moment.now, self._round(moment.now))
        filling = {
            NOW_SLOT: str(moment.clock_ms),
            ELAPSED_SLOT: str(int(moment.now - seen.since)),
            AGE_SLOT: f"{moment.now - seen.at:.2f}",
        }
        return {
            field: filling.get(value, value) if isinstance(value, str) else value
            for field, value in self._record(seen, moment.now).items()
        }

    def migration_progress(self, run: Run, now: float) -> int | None:
        """How far a migration from here has come, in percent."""
        if run.listed.status is not VmStatus.MIGRATING_FROM:
            return None
        since_ms = self._machine.clock_ms(now) - run.listed.status_time
        return min(99, int(since_ms / (10 * _MIGRATION_SECS)))

    def _list(self, runs: Iterable[Run], encoding: Encoding, moment: Moment) -> bytes:
        now, round = moment.now, self._round(moment.now)
        clock = b"%d" % moment.clock_ms
        pieces = [encoding.opening]
        for run in runs:
            seen = self._look(run, now, round)
            filled = self._encoded(seen, encoding, now).pieces.copy()
            for place in range(1, len(filled), 2):
                slot = filled[place]
                if slot == b"now":
                    filled[place] = clock
                elif slot == b"elapsed":
                    filled[place] = b"%d" % (now - seen.since)
                else:
                    filled[place] = b"%.2f" % (now - seen.at)
            pieces += filled
            pieces.append(encoding.between)
        if len(pieces) > 1:
            pieces.pop()
        pieces.append(encoding.closing)
        return b"".join(pieces)

    def _encoded(self, seen: _Seen, encoding: Encoding, now: float) -> _Encoded:
        """The record's bytes, made anew where anything is not as it was."""
        known = seen.encoded.get(encoding.name)
        listed, flaws = seen.run.listed, (self.stuck, self.guest_name)
        if (
            known is None
            or known.listed is not listed
            or known.round != seen.round
            or known.flaws != flaws
            or listed.status is VmStatus.MIGRATING_FROM
            or seen.run.guest.id in self.watchdogs
        ):
            pieces = _SLOT.split(encoding.value(self._record(seen, now)))
            known = seen.encoded[encoding.name] = _Encoded(listed, seen.round, flaws, pieces)
            self.encoded += 1
        return known

    def _round(self, now: float) -> int:
        return int((now + self._phase) // self._sample_secs)

    def _look(self, run: Run, now: float, round: int) -> _Seen:
        seen = self._seen.get(run.guest.id)
        if seen is None or seen.run is not run:
            seen = self._seen[run.guest.id] = _Seen(run, now - run.ran(now))
        if seen.round != round and seen.since <= round * self._sample_secs - self._phase:
            seen.look(round, now)
        return seen

    def _record(self, seen: _Seen, now: float) -> Record:
        run = seen.run
        wire, number = self._ids.wire(run.guest.id)
        fired = self.watchdogs.get(run.guest.id)
        sampled = Sampled(
            id=wire,
            listed=run.listed,
            number=number,
            at=seen.at,
            sample=seen.sample,
            before=seen.before,
            apart_secs=seen.apart_secs,
            progress=self.migration_progress(run, now),
            stuck=self.stuck,
            guest_name=self.guest_name,
            watchdog=fired[1] if fired is not None and fired[0] is run else None,
            cpu_actual=True if self._dialect.cpu_actual else None,
        )
        return old_vm_stats(sampled) if self._dialect.old_stats else vm_stats(sampled)
