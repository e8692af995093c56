"""The store of a test: vurti's own repository, kept over the restarts of one test."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from vurti.clock.virtual_clock import VirtualClock
from vurti.model import Row
from vurti.model.commit import Announcement, Commit, Half, Logged
from vurti.model.scope import SYSTEM
from vurti.repository import Repository, open_repository
from vurti.testing.checks.given import Known


class Kept:
    """The repository of one start of vurti. Once it is `killed`, nothing more gets into it."""

    def __init__(self, repository: Repository) -> None:
        self._killed = False
        self._repository = repository
        self._others: list[Kept] = []

    @property
    def killed(self) -> bool:
        return self._killed

    @killed.setter
    def killed(self, killed: bool) -> None:
        self._killed = killed
        for other in self._others:
            other.killed = killed

    def another(self, scope: str) -> "Kept":
        """It dies with this one."""
        self._others.append(Kept(self._repository.another(scope)))
        return self._others[-1]

    def deal(self, scope_of_cluster: Mapping[str, str]) -> None:
        if not self.killed:
            self._repository.deal(scope_of_cluster)

    def cross(
        self, to: "Kept", leaving: Half, joining: Half, things: Sequence[str]
    ) -> tuple[int, int]:
        if self.killed:
            return 0, 0
        return self._repository.cross(to._repository, leaving, joining, things)

    def commit(self, commit: Commit, committed_at: float | None = None) -> int:
        return 0 if self.killed else self._repository.commit(commit, committed_at)

    def save_statistics(self, *told: Any) -> None:
        if not self.killed:
            self._repository.save_statistics(*told)

    def log(self, after: int = 0, limit: int = 1000) -> list[Logged]:
        return [] if self.killed else self._repository.log(after, limit)

    def announcements(self) -> list[Announcement]:
        """No other process announces anything: looking for it would be most of a test's work."""
        return []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._repository, name)


class Shelf:
    """Where a test's store lies: in memory, or, where vurti starts more than once, in a file."""

    def __init__(self, clock: VirtualClock, directory: Path | None, known: Known) -> None:
        self._clock, self._known = clock, known
        self._url = "sqlite://" if directory is None else f"sqlite:///{directory}/test.db"
        self._nonces = 0

    def open(self) -> Kept:
        """For the next start. The first finds what is known."""
        repository = open_repository(
            self._url, SYSTEM, self._clock.worker(), wall=self._clock.wall, nonce=self._nonce
        )
        known, self._known = self._known, Known()
        if known.vdss or known.vms:
            repository.start()
            vdss = tuple(Row(vds, 1) for vds in known.vdss)
            repository.commit(Commit(1, 1, vdss, tuple(Row(vm, 1) for vm in known.vms)))
        return Kept(repository)

    def _nonce(self) -> str:
        """Another at each start, the same in each run (contract 16)."""
        self._nonces += 1
        return f"{self._nonces:08x}"


@contextmanager
def shelf(clock: VirtualClock, known: Known, *, lasting: bool) -> Iterator[Shelf]:
    """A place for the store of one test, gone at the end."""
    if not lasting:
        yield Shelf(clock, None, known)
        return
    with TemporaryDirectory(prefix="vurti-test-") as directory:
        yield Shelf(clock, Path(directory), known)
