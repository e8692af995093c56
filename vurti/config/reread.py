"""The configuration's own files as an inventory: read again, tried, and used if they are good."""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, Protocol

from vurti.config.trial import ENDED
from vurti.errors import Complaint
from vurti.inventory import Failed, Unchanged
from vurti.inventory.answer import Outcome
from vurti.settings import Tree, is_as_read

if TYPE_CHECKING:  # it makes a source of this kind
    from vurti.config.config import Config

SHOWN_MAX = 3
WRITTEN_MEANWHILE = "it was written while it was read: it is read again"


class Read(NamedTuple):
    """What the files say: no configuration where there is something to complain of."""

    tree: Tree
    config: "Config | None"
    complaints: tuple[Complaint, ...]


class Rejected(NamedTuple):
    """What is wrong with changed files, as text of one or more lines."""

    told: str


class Same(NamedTuple):
    """They were looked at because somebody wanted it, and say what they said."""


class Trial(Protocol):
    """Tries the files in another process. See config.checked."""

    def __call__(self) -> str: ...

    def abort(self) -> None: ...

    def close(self) -> None: ...


class Files:
    """Reads them again where one has changed, is new or gone. Files with a mistake in them fail as
    a whole, and what was read before stays (contract 17); so do those that fail the `trial`."""

    def __init__(
        self, config: "Config", load: Callable[[], Read], trial: Trial | None = None
    ) -> None:
        self._latest, self._load, self._trial = config, load, trial
        self._bad: tuple[Tree, Failed] | None = None
        self._looks_again = False
        self._fresh: Config | Rejected | Same | None = None

    def again(self) -> None:
        """The next time they are read whether they seem to have changed or not."""
        self._looks_again = True

    def ask(self) -> Outcome:
        """What they say now. Blocks: to be called in a worker."""
        assert self._latest.tree is not None
        looks_again, self._looks_again = self._looks_again, False
        if not looks_again and is_as_read(self._latest.tree):
            self._bad = None
            return Unchanged()
        if not looks_again and self._bad is not None and is_as_read(self._bad[0]):
            return self._bad[1]
        read = self._load()
        if read.config is None:
            return self._rejected(read.tree, read.complaints)
        if read.config == self._latest and read.tree.data == self._latest.tree.data:
            self._latest, self._bad = read.config, None
            self._fresh = Same() if looks_again else self._fresh
            return Unchanged()
        if self._trial is not None and (wrong := self._trial()):
            if wrong == ENDED:
                return Failed(wrong)
            self._fresh = Rejected(wrong)
            self._bad = (read.tree, Failed(wrong.splitlines()[0]))
            return self._bad[1]
        if not is_as_read(read.tree):
            return Failed(WRITTEN_MEANWHILE)
        self._latest = self._fresh = read.config
        self._bad = None
        return read.config.listed()

    def take(self) -> "Config | Rejected | Same | None":
        """What came of it since this was last asked, None where nothing did."""
        fresh, self._fresh = self._fresh, None
        return fresh

    def abort(self) -> None:
        """End a trial that is under way."""
        if self._trial is not None:
            self._trial.abort()

    def close(self) -> None:
        """Nothing is read any more."""
        if self._trial is not None:
            self._trial.close()

    def _rejected(self, tree: Tree, complaints: tuple[Complaint, ...]) -> Failed:
        self._fresh = Rejected("\n".join(map(str, complaints)))
        some = "; ".join(map(str, complaints[:SHOWN_MAX]))
        more = len(complaints) - SHOWN_MAX
        failed = Failed(some + (f"; and {more} more" if more > 0 else ""))
        self._bad = (tree, failed)
        return failed
