"""The store of one scope, and the way to the other scopes in it, for the one vurti that writes."""

import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Self, TypeVar

from vurti.clock import Clock, Worker
from vurti.errors import StoreError
from vurti.model import Statistics
from vurti.model.commit import Announcement, Commit, Half, Loaded
from vurti.model.explanation import Explanation
from vurti.repository import (
    announcements,
    explanations,
    log,
    membership,
    promises,
    samples,
    tenure,
)
from vurti.repository.database import Connection, Database, Question, for_writing, parsed
from vurti.repository.explanations import ExplanationRepository
from vurti.repository.intent_changes import mark
from vurti.repository.log_reading import LogReading
from vurti.repository.log_time import LogTime, let_pass
from vurti.repository.readers import Readers
from vurti.repository.retention import Retention, forget
from vurti.repository.vdss import VdsRepository

T = TypeVar("T")


def new_nonce() -> str:
    """What tells one start from every other, whatever happened to the store in between."""
    return secrets.token_hex(4)


def open_repository(
    url: str,
    scope: str,
    worker: Worker,
    *,
    retention: Retention | None = None,
    wall: Callable[[], float] = time.time,
    monotonic: Callable[[], float] = time.monotonic,
    nonce: Callable[[], str] = new_nonce,
) -> "Repository":
    """Open the store for writing, make or migrate it if need be, and keep others from it.

    Everything that blocks runs in `worker`, which stays the caller's to close. `wall` gives seconds
    since 1970. Raises ValueError for a URL that is none, StoreError for a store that cannot be
    used: held by another vurti, of a newer one, not a database, not reachable.
    """
    kept, database = retention or Retention(), for_writing(parsed(url), scope)
    repository = Repository(database, scope, worker, kept, wall, monotonic, nonce)
    repository.open()
    return repository


class Repository(LogReading):
    """Made by `open_repository`. Each method waits in the worker and raises StoreError where the
    store refuses; after that the connection is opened anew, and nothing that was told is lost."""

    def __init__(
        self,
        database: Database,
        scope: str,
        worker: Worker,
        retention: Retention,
        wall: Callable[[], float],
        monotonic: Callable[[], float],
        nonce: Callable[[], str],
    ) -> None:
        super().__init__()
        self.scope = scope
        self.vdss = VdsRepository(scope, self._read)
        self.expectations = promises.expectations(scope, self._read)
        self.intents = promises.intents(scope, self._read)
        self.readers = Readers(scope, self._write_ours, retention.gone_secs, wall)
        self.statistics_unknown = 0  # samples of a host or VM that has no record
        self._database, self._worker = database, worker
        self._wall, self._nonce = wall, nonce
        self._retention, self._log_time = retention, LogTime(wall, monotonic)
        self._settings = (retention, wall, monotonic, nonce)
        self._tenure: tenure.Tenure | None = None
        self._seq = 0  # of our last commit

    def open(self) -> None:
        """Take the lock and connect, making or migrating the store."""
        self._worker.run(self._database.open)

    def start(self) -> Loaded:
        """Take the scope over: raise its epoch, and give all that is stored. Call it once."""
        return self._in_transaction(self._start)

    def commit(self, commit: Commit, committed_at: float | None = None) -> int:
        """Write rows, events, expectations and intents, all or nothing; returns the log's last
        cursor. The events are at the cursors up to it, in their order. `committed_at` is wall
        seconds, now if not given.

        After StoreError the outcome may be unknown: call it again with the same commit, which is
        recognised where it is in already. Raises Fenced where another start has the scope.
        """
        at = self._wall() if committed_at is None else committed_at
        place = self._in_transaction(lambda connection: self._commit(connection, commit, at))
        self._seq = place.seq
        self._wake()
        return place.cursor

    def save_statistics(
        self, statistics: Sequence[Statistics], explanations: Sequence[Explanation] = ()
    ) -> None:
        """Keep these as the latest, in a transaction of their own. Raises Fenced as `commit`."""
        self.statistics_unknown += self._in_transaction(
            lambda connection: self._save(connection, statistics, explanations), durable=False
        )

    def explained(self) -> Sequence[Explanation]:
        """All explanations that are stored: where a new start goes on from."""
        return ExplanationRepository(self.scope, self._read).list()

    def prune(self) -> int:
        """Forget some of the log's oldest events, where it is longer than wished, and as old ended
        expectations and intents, also of scopes that have no host any more; returns how many. Once
        that is 0, nothing more is to be forgotten now."""
        return self._in_transaction(self._prune)

    def log_now(self) -> float:
        """The log's own time, for those who wait for something by it; see `let_pass`."""
        return self._log_time.now()

    def let_pass(self) -> tuple[int, float]:
        """The log's last cursor, and the log time that is now: whatever is committed behind that
        cursor has no earlier one, whatever befalls this process."""
        return self._in_transaction(
            lambda connection: let_pass(connection, self._ours(), self._log_time.now())
        )

    def announcements(self) -> list[Announcement]:
        """What other processes announce and nobody has taken in, oldest first, some at a time. One
        with an answer already cannot be read: it is to be refused with that."""
        return announcements.waiting(self._read, announcements.INBOX, self._wall())

    def refuse(self, announcement: str, why: str) -> None:
        """It is not taken in, and whoever announced it is told why. Raises Fenced as `commit`."""
        self._in_transaction(lambda connection: self._refuse(connection, announcement, why))

    def another(self, scope: str) -> "Repository":
        """Another scope in the same store, still to be started. It is open as long as this one."""
        return Repository(self._database, scope, self._worker, *self._settings)

    def scopes(self) -> list[str]:
        """All scopes in the store that have a host, a VM, something that is waited for, or events
        that a sink has not told yet."""
        return self._look(membership.used)

    def memberships(self) -> dict[str, str]:
        """The scope of each cluster that was dealt to one."""
        return membership.read_memberships(self._read)

    def deal(self, scope_of_cluster: Mapping[str, str]) -> None:
        """These clusters are in these scopes from now on. Raises Fenced as `commit`."""
        self._write_ours(
            lambda connection: membership.deal(connection, scope_of_cluster, self._wall())
        )

    def cross(
        self, to: "Repository", leaving: Half, joining: Half, things: Sequence[str]
    ) -> tuple[int, int]:
        """Commit what was decided here of `things` that leave, and what was decided there of the
        same that join, with their records, in one transaction; returns the last cursors of both
        logs. Raises as `commit`, and recognises what is in already."""
        here, there = self._in_transaction(
            lambda connection: self._cross(connection, to, leaving, joining, things)
        )
        self._seq, to._seq = here.seq, there.seq
        self._wake()
        to._wake()
        return here.cursor, there.cursor

    def close(self) -> None:
        """Close the connections and let others in. May be called twice."""
        self._worker.run(self._database.close)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _waiting(self) -> Clock:
        from vurti.clock.gevent_clock import GeventClock  # a virtual run loads no gevent

        return GeventClock()

    def _write_ours(self, action: Callable[[Connection], T]) -> T:
        def fenced(connection: Connection) -> T:
            tenure.place_of(connection, self._ours())
            return action(connection)

        return self._in_transaction(fenced)

    def _in_transaction(self, action: Callable[[Connection], T], durable: bool = True) -> T:
        return self._worker.run(self._write, action, durable)

    def _read(self, question: Question[T]) -> T:
        return self._worker.run(self._database.ask, question)

    def _look(self, action: Callable[[Connection], T]) -> T:
        return self._worker.run(self._database.look, action)

    # What follows runs in the worker.

    def _write(self, action: Callable[[Connection], T], durable: bool) -> T:
        with self._database.transaction(durable=durable) as connection:
            return action(connection)

    def _start(self, connection: Connection) -> Loaded:
        taken = tenure.begin(connection, self.scope, self._nonce(), self._wall())
        place = tenure.place_of(connection, taken)
        self._seq = place.seq
        self._log_time.begin(place.log_time)
        vdss, vms = self.vdss.load(connection), self.vdss.vms.load(connection)
        self._tenure = taken
        expectations, intents = self.expectations.load(connection), self.intents.load(connection)
        gone = log.sequences(connection, self.scope)
        birth = (taken.scope, taken.epoch, taken.nonce)
        return Loaded(*birth, vdss, vms, expectations, intents, gone)

    def _commit(self, connection: Connection, commit: Commit, at: float) -> tenure.Place:
        place = self._advance(connection, commit, at)
        if place is None:
            return tenure.place_of(connection, self._ours())
        self._put(connection, commit, at, place)
        return place

    def _advance(self, connection: Connection, commit: Commit, at: float) -> tenure.Place | None:
        log_now = self._log_time.now()
        return tenure.advance(connection, self._ours(), self._seq, commit, at, log_now)

    def _cross(
        self,
        connection: Connection,
        to: "Repository",
        leaving: Half,
        joining: Half,
        things: Sequence[str],
    ) -> tuple[tenure.Place, tenure.Place]:
        at = max(leaving[1], joining[1])
        left = self._advance(connection, leaving[0], at)
        joined = to._advance(connection, joining[0], at)
        if left is None or joined is None:
            here, there = (tenure.place_of(connection, one._ours()) for one in (self, to))
            return here, there
        membership.move(connection, self.scope, to.scope, things, joined.seq)
        self._put(connection, leaving[0], at, left)
        to._put(connection, joining[0], at, joined)
        return left, joined

    def _put(self, connection: Connection, commit: Commit, at: float, place: tenure.Place) -> None:
        self.vdss.save(connection, commit.vdss)
        self.vdss.vms.save(connection, commit.vms)
        explanations.forget(connection, self.scope, (*commit.vdss, *commit.vms))
        before = place.cursor - len(commit.events)
        log.append(connection, self.scope, before, commit.events, at, place.log_time)
        self.expectations.save(connection, commit.expectations)
        self.intents.save(connection, commit.intents)
        mark(connection, self.scope, place.seq, commit.intents)
        announcements.taken(connection, announcements.INBOX, commit.expectations)

    def _save(
        self,
        connection: Connection,
        statistics: Sequence[Statistics],
        explained: Sequence[Explanation],
    ) -> int:
        tenure.place_of(connection, self._ours())
        explanations.save(connection, self.scope, explained)
        return samples.save(connection, self.scope, statistics)

    def _refuse(self, connection: Connection, announcement: str, why: str) -> None:
        tenure.place_of(connection, self._ours())
        announcements.answer(connection, announcements.INBOX, announcement, why)

    def _prune(self, connection: Connection) -> int:
        place = tenure.place_of(connection, self._ours())
        pruned = self._forget(connection, self.scope, place.cursor)
        for scope, cursor in membership.hostless(connection, self.scope):
            pruned += self._forget(connection, scope, cursor)
        return pruned

    def _forget(self, connection: Connection, scope: str, cursor: int) -> int:
        promised = (promises.expectations(scope, self._read), promises.intents(scope, self._read))
        return forget(connection, scope, self._retention, cursor, self._wall(), promised)

    def _ours(self) -> tenure.Tenure:
        if self._tenure is None:
            raise StoreError("it was not started: call start() first")
        return self._tenure
