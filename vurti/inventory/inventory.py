"""One inventory, asked again and again."""

from collections.abc import Callable
from typing import NamedTuple, Protocol

from loguru import logger

from vurti.clock import Clock, Signal, Task, Timeout, Worker
from vurti.inventory.answer import Failed, Listed, Outcome, Unchanged
from vurti.inventory.settings import InventoryRules
from vurti.inventory.shrinking import Guard
from vurti.model import Cluster, Host, VmFacts

CUT_OFF_SECS = 1.0
"""A source keeps to its time-out by itself; one that does not is cut off so much later."""
RETRY_SECS = 5.0
"""After a failure it is asked again sooner, at first; the wait doubles up to `refresh_secs`."""
SAID_AGAIN_SECS = 600.0
"""What goes on being wrong is said again no more often than this."""
NAMED_MAX = 5


class Source(Protocol):
    """What is asked. `ask` may block and is called in a worker; `abort` ends it from elsewhere."""

    def ask(self) -> Outcome: ...

    def again(self) -> None:
        """Somebody wants to know: what seems to be as it was is to be looked at all the same."""

    def abort(self) -> None: ...

    def close(self) -> None: ...


class Inventory:
    """Keeps what one source tells: `hosts` and `vms` by their ids. A source that fails, or lists
    far too little, takes nothing away. Counters are plain numbers that only grow; `round` is the
    number of its answers, `failure` why it does not answer just now."""

    def __init__(
        self,
        name: str,
        source: Source | None,
        rules: InventoryRules,
        known: Listed | None = None,
        *,
        on_answer: Callable[[], None] = lambda: None,
        on_request: bool = False,
    ) -> None:
        """`known` is what it has told already; without a source it tells nothing else. `on_answer`
        is called behind each answer and failure. `on_request`: it is asked by `ask_now` only, and
        again as long as its answer is doubted."""
        self.name, self.rules = name, rules
        self.asked = self.failed = self.round = 0
        self.failure: str | None = None
        self.flaws: tuple[str, ...] = ()
        self.clusters: tuple[Cluster, ...] = known.clusters if known else ()
        self._source, self._last = source, known
        self._on_answer, self._on_request = on_answer, on_request
        self._wanted: Signal | None = None
        self._hosts = Guard[Host](rules, {one.id: one for one in known.hosts} if known else None)
        self._vms = Guard[VmFacts](rules, {one.id: one for one in known.vms} if known else None)
        self._failures, self._said_at = 0, float("-inf")
        self._said = _State()
        self._task: Task | None = None
        self._worker: Worker | None = None

    @property
    def hosts(self) -> dict[str, Host]:
        return self._hosts.known

    @property
    def vms(self) -> dict[str, VmFacts]:
        return self._vms.known

    @property
    def is_asked(self) -> bool:
        """Again and again."""
        return self._source is not None and not self._on_request

    @property
    def answered(self) -> bool:
        """It has told at least once what there is."""
        return self._last is not None

    @property
    def held(self) -> frozenset[str]:
        """The hosts and VMs that its latest answers lack and that are not given up yet."""
        return self._hosts.held | self._vms.held

    def start(self, clock: Clock, told: Callable[[], None]) -> None:
        """Ask from now on, in a task; `told` is called after each answer and failure."""
        if self._source is not None:
            self._worker, self._wanted = clock.worker(), clock.signal()
            self._task = clock.spawn(self._run, self._source, clock, told)

    def ask_now(self) -> None:
        """Do not wait for its time. Never yields."""
        if self._source is not None and self._wanted is not None:
            self._source.again()
            self._wanted.set()

    def close(self, clock: Clock) -> None:
        """End, whatever is under way."""
        if self._task is None or self._worker is None or self._source is None:
            return
        self._task.kill()
        self._source.abort()
        try:
            with clock.timeout(CUT_OFF_SECS):
                self._worker.close()
        except Timeout:
            return  # a name is being resolved: that cannot be ended, and harms nobody
        self._source.close()

    def _run(self, source: Source, clock: Clock, told: Callable[[], None]) -> None:
        assert self._wanted is not None
        wait: float | None = 0.0 if not self.answered else self._pause()
        while True:
            self._wanted.wait(None if wait is None else clock.now() + wait)
            self._wanted.clear()
            self._take(self._ask(source, clock))
            self._say(clock.now())
            self._on_answer()
            told()
            wait = self._pause()

    def _pause(self) -> float | None:
        """How long until it is asked again, None where only a request will."""
        if self._on_request and not self.held:
            return None
        wait = self.rules.refresh_secs
        if self._failures:
            wait = min(wait, RETRY_SECS * 2 ** min(self._failures - 1, 20))
        return wait

    def _ask(self, source: Source, clock: Clock) -> Outcome:
        assert self._worker is not None
        self.asked += 1
        attempt = _Attempt(source)
        try:
            with clock.timeout(self.rules.timeout_secs + CUT_OFF_SECS):
                return self._worker.run(attempt)
        except Timeout:
            source.abort()
            return Failed(f"no answer in {self.rules.timeout_secs:g} s")
        except Exception as error:  # noqa: BLE001 - a bug of ours must not end the watch of others
            logger.opt(exception=error).error("inventory {!r} raised", self.name)
            return Failed(f"bug: {type(error).__name__}: {error}")
        finally:
            attempt.wanted = False

    def _take(self, outcome: Outcome) -> None:
        if isinstance(outcome, Unchanged) and self._last is None:
            outcome = Failed("it says that nothing has changed, and has told nothing yet")
        if isinstance(outcome, Failed):
            self.failed += 1
            self._failures += 1
            self.failure = outcome.reason
            return
        listed = self._last if isinstance(outcome, Unchanged) else outcome
        assert listed is not None
        self._failures, self.failure, self._last = 0, None, listed
        self.round += 1
        self.flaws, self.clusters = listed.flaws, listed.clusters
        self._hosts.take({one.id: one for one in listed.hosts}, listed.bad_hosts)
        self._vms.take({one.id: one for one in listed.vms}, listed.bad_vms)

    def _say(self, now: float) -> None:
        """What is wrong, or no longer is: where that is new, and now and then again."""
        past, state = self._said, _State(self.failure, self.held, self.flaws)
        if state == past and (state == _State() or now < self._said_at + SAID_AGAIN_SECS):
            return
        if state.failure is not None:
            words = "inventory {!r} failed, nothing is removed: {!r}"
            logger.warning(words, self.name, state.failure)
        elif state.held:
            self._say_held(state.held)
        elif past.failure is not None or past.held:
            logger.info("inventory {!r} is well again: {} hosts", self.name, len(self.hosts))
        if state.flaws and state.flaws != past.flaws:
            more = len(state.flaws) - NAMED_MAX
            told = "; ".join(state.flaws[:NAMED_MAX]) + (f" and {more} more" if more > 0 else "")
            logger.warning("inventory {!r}: {!r}", self.name, told)
        self._said, self._said_at = state, now

    def _say_held(self, held: frozenset[str]) -> None:
        logger.warning(
            "inventory {!r} lacks {} of what it had, which stays until {} answers in a row lack the"
            " same: {}",
            self.name, len(held), self.rules.shrink_confirmations, named(held),
        )  # fmt: skip


class _State(NamedTuple):
    """What there is to say of an inventory."""

    failure: str | None = None
    held: frozenset[str] = frozenset()
    flaws: tuple[str, ...] = ()


class _Attempt:
    """One question, which may wait behind one that hangs: nobody may be waiting for it by then."""

    def __init__(self, source: Source) -> None:
        self.wanted = True
        self._source = source

    def __call__(self) -> Outcome:
        return self._source.ask() if self.wanted else Failed("nobody waits for it any more")


def named(ids: frozenset[str] | tuple[str, ...]) -> str:
    """A few of them, escaped."""
    some = sorted(ids)[:NAMED_MAX]
    return ", ".join(map(repr, some)) + (" and more" if len(ids) > len(some) else "")
