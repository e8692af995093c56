"""What can be read of a log and of those who read it, by its writer and by anybody else."""

from collections.abc import Iterator

from vurti.clock.plain import PlainTime
from vurti.model import Intent
from vurti.model.bookmark import Bookmark, DeadLetter
from vurti.model.commit import Logged
from vurti.repository import base, bookmarks
from vurti.repository.database import Look, Read
from vurti.repository.following import LOOK_SECS, Tail, Waiting, follow
from vurti.repository.history import read_before, read_behind
from vurti.repository.intent_changes import IntentChange, read_changes, read_seq
from vurti.repository.log import Placed, read_bounds, read_log, read_placed
from vurti.repository.promises import PromiseRepository
from vurti.repository.standing import Standing, read_standing
from vurti.repository.vdss import VdsRepository


class LogReading:
    """The reading half of a Repository, and all of the log that a Reader has."""

    scope: str
    vdss: VdsRepository
    intents: PromiseRepository[Intent]
    _read: Read
    _look: Look

    def __init__(self) -> None:
        self._tails: set[Tail] = set()

    def log(self, after: int = 0, limit: int = 1000, thing: str | None = None) -> list[Logged]:
        """Committed events behind the cursor `after`, at most `limit`; of one VM or host."""
        if thing is not None:
            return read_behind(self._look, self.scope, thing, after, limit)
        return read_log(self._read, self.scope, after, limit)

    def log_before(
        self, before: int | None = None, limit: int = 1000, thing: str | None = None
    ) -> list[Logged]:
        """The other way: those before the cursor, or the last ones, the newest first."""
        return read_before(self._look, self.scope, thing, before, limit)

    def placed(self, after: int = 0, limit: int = 1000) -> list[Placed]:
        """The same of all, with log times."""
        return read_placed(self._look, self.scope, after, limit)

    def log_bounds(self) -> tuple[int, int]:
        """The first and last cursor that the log still has. Where all of it was forgotten, the
        first is the next that it will have; (0, 0) where nothing ever happened."""
        return read_bounds(self._look, self.scope)

    def base(self) -> list[Logged]:
        """How things stood where the log begins: of each the last event that was forgotten. What
        these and the log replay to (`replayed`) are the rows of state."""
        return base.read_base(self._read, self.scope)

    def snapshot(self) -> Standing:
        """All hosts and VMs as they are stored, and the cursor that they stand for; of one moment.
        Where one begins who has missed something, or nothing yet."""
        return read_standing(self._look, self.scope, self.vdss)

    def follow(self, cursor: int = 0, clock: Waiting | None = None) -> Iterator[Logged]:
        """Each committed event behind the cursor, in the log's order and without a gap, for ever.

            for logged in repository.follow(cursor):
                deal_with(logged.event)
                cursor = logged.cursor   # keep it, and go on from there after a restart

        It waits by `clock` for what is still to come, by default gevent's in the process that
        writes, where other tasks go on meanwhile, and a plain one in any other, which blocks. What
        this process commits comes at once, what another one does within half a second.
        Raises Forgotten where the log has no more what follows the cursor, with the first that it
        has: begin with `snapshot` then; and StoreError where the store cannot be read.
        """
        return follow(self.tail(cursor, clock or self._waiting()))

    def tail(self, cursor: int, clock: Waiting, look_secs: float = LOOK_SECS) -> Tail:
        """The same page by page, for those who wait for something else as well. What another
        process commits comes within `look_secs`."""
        tail = Tail(self, clock, cursor, look_secs, left=self._tails.discard)
        self._tails.add(tail)
        return tail

    def bookmarks(self) -> list[Bookmark]:
        """How far each named reader of the log is."""
        return bookmarks.read_bookmarks(self._read, self.scope)

    def dead_letters(self, reader: str, limit: int = 100) -> list[DeadLetter]:
        """What the receiver of that reader could not read, the oldest first."""
        return bookmarks.read_letters(self._read, self.scope, reader, limit)

    def dead_letter_counts(self) -> dict[str, int]:
        """How many of them each reader has now."""
        return bookmarks.count_letters(self._read, self.scope)

    def intent_changes(self, after: int = 0, limit: int = 500) -> list[IntentChange]:
        """Intents that were raised or ended behind the commit `after`, each as it is now; whole
        commits, of about `limit` intents."""
        return read_changes(self._read, self.intents, self.scope, after, limit)

    def commits(self) -> int:
        """The number of the last commit; 0 before the first."""
        return read_seq(self._read, self.scope)

    def _wake(self) -> None:
        """Something was committed."""
        for tail in self._tails:
            tail.wake()

    def _waiting(self) -> Waiting:
        """How one waits here who brings no clock."""
        return PlainTime()
