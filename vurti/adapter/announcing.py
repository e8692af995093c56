"""Announcements: an embedder says what it is about to do, and knows that it is kept."""

from collections.abc import Iterable

from vurti.adapter.scopes import Scopes
from vurti.clock import Clock, Signal
from vurti.errors import Refused, StoreError
from vurti.model import OF_HOSTS, Awaited, Cancel, Expect, Expectation, Outcome
from vurti.model.commit import Commit


class Announcing:
    """Takes announcements in, and knows which expectations are open and when one is stored.

    Lives in the clock's thread. `named` are VMs that the configuration names, seen or not, until
    the scopes know of them.
    """

    def __init__(self, clock: Clock, scopes: Scopes, named: Iterable[str]) -> None:
        self.telling = False  # a listener to commits is being told
        self._clock, self._scopes = clock, scopes
        self._named = frozenset(named)
        views = [scope.view for scope in scopes.of.values()]
        birth = views[0].birth
        self._ids = f"{birth.scope}.{birth.epoch}.{birth.nonce}.x"
        self._numbered = 0
        self._open = {one.id: one for view in views for one in view.expectations}
        self._waiting: dict[str, list[_Wait]] = {}
        self._over: Refused | None = None

    def new_id(self) -> str:
        """An id that no expectation ever had, over restarts."""
        self._numbered += 1
        return f"{self._ids}{self._numbered}"

    def take(self, given: Expect | Cancel) -> None:
        """Put it before `decide`. Raises Refused for one that cannot be waited for."""
        if self._over is not None:
            raise self._over
        if isinstance(given, Expect):
            self._check(given)
        elif given.expectation not in self._open:
            raise Refused(f"no expectation {given.expectation!r} is open")
        self._scopes.switch.announce(given)

    def announce(self, given: Expect | Cancel, timeout_secs: float) -> None:
        """Take it in, and return once what came of it is stored. Raises Refused as `take` and where
        whoever is told of commits asks, StoreError where it was not stored in time or can never be:
        it holds then for as long as this process lives."""
        if self.telling:
            raise Refused(
                "a listener to commits cannot wait for a commit: announce it in a task of its own"
            )
        self.take(given)
        about = given.id if isinstance(given, Expect) else given.expectation
        wait = _Wait(self._clock.signal(), for_its_end=isinstance(given, Cancel))
        self._waiting.setdefault(about, []).append(wait)
        try:
            self._wait(about, wait, timeout_secs)
        finally:
            self._waiting[about].remove(wait)
            if not self._waiting[about]:
                del self._waiting[about]

    def decided(self, expectations: Iterable[Expectation]) -> None:
        """These began or ended."""
        for one in expectations:
            if one.outcome is Outcome.OPEN:
                self._open[one.id] = one
            else:
                self._open.pop(one.id, None)

    def stored(self, commit: Commit) -> None:
        """Wake those who wait for what is in the commit."""
        for one in commit.expectations:
            for wait in self._waiting.get(one.id, ()):
                if one.outcome is not Outcome.OPEN or not wait.for_its_end:
                    wait.stored = True
                    wait.signal.set()

    def end(self, why: str) -> None:
        """Nothing more is taken in."""
        self._over = self._over or Refused(why)

    def give_up(self) -> None:
        """Nothing more is stored: whoever waits still, waits in vain."""
        for waits in self._waiting.values():
            for wait in waits:
                wait.signal.set()

    def _wait(self, about: str, wait: "_Wait", timeout_secs: float) -> None:
        in_time = wait.signal.wait(self._clock.now() + timeout_secs)
        if not wait.stored:
            why = f"within {timeout_secs:g} s" if not in_time else "before vurti stopped"
            raise StoreError(f"expectation {about!r} was taken in, but not stored {why}")

    def _check(self, given: Expect) -> None:
        host = given.thing if given.kind in OF_HOSTS else given.host
        if host is not None and not self._scopes.knows_host(host):
            raise Refused(f"no host {host!r} is watched")
        may_be_new = given.kind in OF_HOSTS or given.kind is Awaited.START
        if not may_be_new and not self._scopes.knows_vm(given.thing, self._named):
            raise Refused(f"no VM {given.thing!r} is known")
        if given.kind is Awaited.JOB and not given.job:
            raise Refused("a job is announced with its id")


class _Wait:
    def __init__(self, signal: Signal, for_its_end: bool) -> None:
        self.signal, self.for_its_end, self.stored = signal, for_its_end, False
