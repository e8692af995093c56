"""Where a reader of the log is, so that it goes on there after any end: what is kept of a sink."""

from msgspec import Struct


class Bookmark(Struct, frozen=True, kw_only=True):
    """How far a named reader of the log is. Everything up to `cursor` it has dealt with, and of the
    things in `done` also what stands behind it, up to the cursor that is named there. A reader of
    intents counts commits in the place of events.

    Times are seconds since 1970. `lost` counts events that the log forgot before it read them,
    `dropped` what was not told on purpose, `dead` what its receiver could not read, `retries` how
    often something was told in vain. `failing_since` is None while all is well. `gone_at` is since
    when no configuration names it; `asked_at` is when somebody asked that it tries again at once,
    `heeded_at` which of such wishes it has heeded.
    """

    name: str
    kind: str
    stream: str
    cursor: int
    done: dict[str, int] = {}
    is_new: bool = False  # it was never told how things stand, and is to begin with that
    updated_at: float = 0.0
    sent: int = 0
    retries: int = 0
    dropped: int = 0
    dead: int = 0
    lost: int = 0
    failing_since: float | None = None
    failure: str = ""
    gone_at: float | None = None
    asked_at: float | None = None
    heeded_at: float | None = None


class DeadLetter(Struct, frozen=True, kw_only=True):
    """What the receiver of a sink could not read: by the id of what was told. `body` is what the
    sink made of it; `tries` how often it was told in vain."""

    id: str
    cursor: int
    refused_at: float
    reason: str
    body: str
    tries: int = 1
