"""What is written together, and what is found again at start."""

from msgspec import Struct

from vurti.events import Event
from vurti.model.decision import Row
from vurti.model.expectation import Expectation
from vurti.model.inputs import Cancel, Expect
from vurti.model.intent import Intent


class Commit(Struct, frozen=True, gc=False):
    """A prefix of whole decisions of one scope: the last row of each thing, every event in the
    order decided, and each expectation and intent that began or ended, as it was last. It is
    written in one transaction or not at all (contract 7)."""

    number_first: int
    number_last: int
    vdss: tuple[Row, ...] = ()
    vms: tuple[Row, ...] = ()
    events: tuple[Event, ...] = ()
    expectations: tuple[Expectation, ...] = ()
    intents: tuple[Intent, ...] = ()


Half = tuple[Commit, float]
"""What one scope decided of a crossing, and when (wall seconds) it is stored."""


class Loaded(Struct, frozen=True, gc=False):
    """What a scope's store holds at start. `epoch` was raised for this start, `nonce` is this
    start's own: together with the scope they make the ids of its events unique for ever. Only open
    expectations and intents are among it. `forgotten` has the last sequence of each thing without a
    row: one that comes again counts on."""

    scope: str
    epoch: int
    nonce: str
    vdss: tuple[Row, ...] = ()
    vms: tuple[Row, ...] = ()
    expectations: tuple[Expectation, ...] = ()
    intents: tuple[Intent, ...] = ()
    forgotten: dict[str, int] = {}


class Logged(Struct, frozen=True, gc=False):
    """An event where the log has it. `cursor` is gapless in its scope; `committed_at` wall time."""

    cursor: int
    committed_at: float
    event: Event


class Announcement(Struct, frozen=True, gc=False):
    """What another process announces through the store, until it is taken in. From `expires_at`
    (wall seconds) on nobody may take it in; `answer` is why it was refused, None while open."""

    id: str
    given: Expect | Cancel
    announced_at: float
    expires_at: float
    answer: str | None = None

    @property
    def about(self) -> str:
        """The id of the expectation that it makes or ends."""
        return self.given.id if isinstance(self.given, Expect) else self.given.expectation
