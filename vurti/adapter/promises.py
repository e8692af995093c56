"""What is announced to an adapter, and what it tells to be done: both only once it is stored."""

from collections.abc import Callable
from typing import TypeVar

from loguru import logger

from vurti.adapter.announcing import Announcing
from vurti.adapter.inbox import Inbox
from vurti.adapter.intents import CommittedIntents
from vurti.adapter.parts import Parts
from vurti.adapter.scopes import Scopes
from vurti.clock import Timeout
from vurti.errors import StoreError
from vurti.model import Awaited, Cancel, Decision, Expect
from vurti.model.commit import Commit, Logged
from vurti.streams.naming import function_name
from vurti.streams.seldom import Seldom

T = TypeVar("T")

CROSSING_SECS = 5.0
"""So much longer a thread waits for the event loop than for what it asked of it."""


class Promises:
    """The expectations and intents of one adapter. Made in the clock's thread; `expect` and
    `cancel` may be called from any. See PushAdapter for what they raise."""

    def __init__(self, parts: Parts, scopes: Scopes) -> None:
        self._clock, self._entrance = parts.clock, parts.clock.entrance()
        named = [vm.id for vm in parts.vms]
        self._announcing = Announcing(parts.clock, scopes, named)
        known = [one for scope in scopes.of.values() for one in scope.view.intents]
        self.held_up = 0  # commits that a listener kept the next one waiting behind
        self._busy_secs, self._says = parts.subscribers.busy_secs, Seldom(parts.clock.now)
        self.intents = CommittedIntents(parts.clock, known, parts.rules.intents, parts.subscribers)
        self.inbox = Inbox(parts.clock, scopes.store, self._announcing)

    def expect(
        self,
        kind: Awaited,
        thing: str,
        host: str | None,
        job: str | None,
        why: str,
        secs: float | None,
        timeout_secs: float,
    ) -> str:
        at = self._clock.wall()

        def announce() -> str:
            id_ = self._announcing.new_id()
            given = Expect(id_, kind, thing, host, job, why, secs, at)
            self._announcing.announce(given, timeout_secs)
            return id_

        return self._within(announce, timeout_secs)

    def cancel(self, expectation: str, timeout_secs: float) -> None:
        given = Cancel(expectation)
        self._within(lambda: self._announcing.announce(given, timeout_secs), timeout_secs)

    def decided(self, decision: Decision) -> None:
        """What began or ended with it is known from now on."""
        if decision.expectations:
            self._announcing.decided(decision.expectations)

    def stored(self, commit: Commit) -> None:
        """It is on the disk: who waits for it goes on, who follows intents is told."""
        self._announcing.stored(commit)
        self.intents.stored(commit)

    def tell(self, listener: Callable[[list[Logged]], None], logged: list[Logged]) -> None:
        """Tell a listener to commits, who cannot wait for the next one meanwhile, and must not wait
        for anything else: storing does."""
        began = self._clock.now()
        self._announcing.telling = True
        try:
            listener(logged)
        finally:
            self._announcing.telling = False
            self._look_at(listener, self._clock.now() - began)

    def _look_at(self, listener: Callable[[list[Logged]], None], took: float) -> None:
        if took <= self._busy_secs:
            return
        self.held_up += 1
        if (told := self._says.now("held up")) is not None:
            name = function_name(listener) or repr(listener)
            logger.warning("{}, told of commits, held up storing for {:.1f} s{}", name, took, told)

    def refuse(self, why: str) -> None:
        """Nothing more is taken in. Never yields."""
        self.inbox.end()
        self._announcing.end(why)

    def complete(self) -> None:
        """Nothing more is stored."""
        self.inbox.close()
        self._announcing.give_up()
        self.intents.complete()

    def _within(self, action: Callable[[], T], timeout_secs: float) -> T:
        try:
            return self._entrance.run(action, timeout_secs + CROSSING_SECS)
        except Timeout as error:
            raise StoreError(f"nothing was taken in: {error}") from error
