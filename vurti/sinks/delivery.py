"""One sink at work: what is next, told until it is taken, and how far that is kept."""

from collections.abc import Sequence
from typing import Any, Protocol

import msgspec
from loguru import logger

from vurti.clock import Clock, Task
from vurti.errors import Fenced, VurtiError
from vurti.model.bookmark import DeadLetter
from vurti.sinks.errors import told
from vurti.sinks.ledger import Ledger
from vurti.sinks.outlet import Outlet
from vurti.sinks.patience import Patience
from vurti.streams.sink import Item, Later, Outcome, Over, SinkSettings, Taken, Unreadable

Due = tuple[Item, Any]


class Feed(Protocol):
    """An EventFeed or an IntentFeed."""

    @property
    def moved(self) -> int: ...

    @property
    def dropped(self) -> int: ...

    @property
    def failed(self) -> int: ...

    @property
    def read(self) -> int: ...

    @property
    def is_new(self) -> bool: ...

    def more(self, limit: int) -> list[Due]: ...

    def wait(self, until: float | None = None) -> None: ...

    def wake(self) -> None: ...

    def settled(self, said: Any) -> None: ...

    def place(self) -> tuple[int, dict[str, int]]: ...

    def close(self) -> None: ...


class Delivery:
    """Tells of one scope. Runs in a task, and its sink in a thread, of its own: so it delays no
    other. Counters are those of its `ledger`; `failing_since` (wall) is None while all is well."""

    def __init__(
        self,
        name: str,
        scope: str,
        settings: SinkSettings,
        outlet: Outlet,
        feed: Feed,
        ledger: Ledger,
        clock: Clock,
    ) -> None:
        self.name, self.scope, self.settings = name, scope, settings
        self.ledger, self.feed = ledger, feed
        self.over = False  # nobody is there to be told any more
        self.keep_failures = 0  # in a row
        self._outlet, self._clock = outlet, clock
        self._patience = Patience(name, settings, clock.now)
        self._hurry = clock.signal()  # to stop, or to try again at once
        self._stopping = False
        self._untold: list[Due] = []
        self._task: Task | None = None

    @property
    def behind(self) -> int:
        """How many events of the log it has read and not dealt with, those included that its stream
        still holds."""
        return max(0, self.feed.read - self.feed.place()[0])

    @property
    def oldest_age_secs(self) -> float:
        """How long ago the oldest was committed that is read and not told; 0 without any."""
        if not self._untold:
            return 0.0
        return max(0.0, self._clock.wall() - self._untold[0][0].committed_at)

    def start(self) -> None:
        """Begin to tell."""
        self._task = self._clock.spawn(self._run)

    def wake(self) -> None:
        """Something was committed. Never yields."""
        self.feed.wake()

    def heed(self, asked_at: float) -> None:
        """Somebody wants it to try again at once, dead letters too. Never yields."""
        if self.ledger.ask(asked_at):
            self._hurry.set()
            self.feed.wake()

    def stop(self) -> None:
        """Tell what is committed by now, unless it is not taken, then end. Never yields."""
        self._stopping = True
        self._hurry.set()
        self.feed.wake()

    def close(self, until: float) -> None:
        """Be gone on return, which is at `until` (monotonic) or a moment later."""
        self.stop()
        if self._task is not None:
            if not self._task.join(until):
                logger.warning("sink {} did not end in time: its last events come again", self.name)
            self._task.kill()
        self.feed.close()

    def _run(self) -> None:
        try:
            while not self.over:
                is_idle = self._round()
                if self._stopping and (is_idle or self._patience.failures):
                    break
            self._keep(now=True)
        except Fenced as error:
            logger.warning("sink {} ends: {}", self.name, error)

    def _round(self) -> bool:
        """Tell what is next, or wait for it; whether there was nothing."""
        try:
            if self.ledger.is_asked:
                self._tell_the_dead()
            is_idle = not (self._untold or self._gather())
            if not is_idle:
                self._tell()
            elif not self._stopping:
                self.feed.wait(self.ledger.keep_at(self.feed))
            self._keep()
        except Fenced:
            raise
        except VurtiError as error:  # the store: it comes back
            self._wait(self._patience.lose(str(error)))
        except Exception as error:  # noqa: BLE001 - a bug of ours must not end the way of events
            logger.opt(exception=error).error("sink {} raised", self.name)
            self._wait(self._patience.lose(told(error)))
        else:
            return is_idle
        return False

    def _keep(self, now: bool = False) -> None:
        """Where the store refuses it is kept later: what is behind it is told again, at worst."""
        try:
            self.ledger.keep(self.feed, now)
            self.keep_failures = 0
        except Fenced:
            raise
        except VurtiError as error:
            if not self.keep_failures:
                logger.warning("sink {}: its place cannot be kept: {}", self.name, error)
            self.keep_failures += 1

    def _gather(self) -> bool:
        """Fill the batch; whether there is anything in it."""
        limit = self.settings.items_max
        due = self._clock.now() + self.settings.batch_secs
        while len(self._untold) < limit:
            found = self.feed.more(limit - len(self._untold))
            self._untold += found
            if found:
                continue
            if not self._untold or self._clock.now() >= due or self._stopping:
                break
            self.feed.wait(due)
        return bool(self._untold)

    def _tell(self) -> None:
        """The untold, in batches that are not too large; what is bad in them is looked for."""
        batches = [self._untold[: self._fitting(self._untold)]]
        while batches and not self.over:
            batch = batches.pop()
            outcome = self._until_answered([item for item, _ in batch])
            match outcome:
                case Taken():
                    self.ledger.sent += len(batch)
                    self._settle(batch)
                case Unreadable() if len(batch) > 1:
                    half = len(batch) // 2
                    batches += [batch[half:], batch[:half]]
                case Unreadable(reason):
                    self._bury(batch[0][0], reason)
                    self._settle(batch)
                case Later():
                    return  # it is stopping
                case Over(reason):
                    logger.info("sink {} has nobody to tell any more: {}", self.name, reason)
                    self.over = True

    def _settle(self, batch: Sequence[Due]) -> None:
        """These stand in front of the untold."""
        del self._untold[: len(batch)]
        for _, said in batch:
            self.feed.settled(said)
        self._keep()

    def _until_answered(self, items: Sequence[Item]) -> Outcome:
        """Try until it is an answer for good, or until it is to stop: then Later."""
        while True:
            outcome = self._outlet.send(items)
            if not isinstance(outcome, Later):
                self._patience.restore()
                self.ledger.succeed()
                return outcome
            self.ledger.fail(outcome.reason)
            secs = self._patience.lose(outcome.reason, outcome.after_secs)
            if self._stopping:
                return outcome
            self._wait(secs)

    def _wait(self, secs: float) -> None:
        """For another attempt; what is kept, and who looks at it, learns of the failure."""
        self._keep()
        if not self._stopping:
            self._hurry.wait(self._clock.now() + secs)
            self._hurry.clear()

    def _bury(self, item: Item, reason: str) -> None:
        logger.warning("sink {}: {} cannot be read by its receiver: {}", self.name, item.id, reason)
        self.ledger.bury(item, reason)

    def _tell_the_dead(self) -> None:
        """Dead letters once more, one by one: somebody has mended what was wrong with them."""
        for letter in self.ledger.dead_letters():
            item = _item(letter)
            outcome = self._outlet.send([item])
            if isinstance(outcome, Taken):
                self.ledger.raise_up(letter)
            elif isinstance(outcome, Unreadable):
                self.ledger.bury(item, outcome.reason, letter.tries + 1)
            else:
                break  # it is not well: what is left stays a dead letter
        self.ledger.heeded()

    def _fitting(self, due: Sequence[Due]) -> int:
        """How many of them are not too large together; one at least."""
        left = self.settings.batch_bytes_max
        for count, (item, _) in enumerate(due):
            left -= len(item.line)
            if left < 0 and count:
                return count
        return len(due)


def _item(letter: DeadLetter) -> Item:
    return msgspec.json.decode(letter.body, type=Item)
