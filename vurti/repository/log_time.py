"""The log's own time: what chains behind it go by, and what never goes back.

It is the wall clock as it was at the start of vurti, and goes on at the pace of the monotonic one:
a wall clock that is set moves nothing. Each commit has its log time, and none has an earlier one
than those before it, nor than a time that was passed without a commit.
"""

from collections.abc import Callable

from vurti.repository.database import Connection
from vurti.repository.tenure import Tenure, place_of

_PASS = "update scope set log_time = ? where name = ? and epoch = ?"  # noqa: S105 # no password


class LogTime:
    """`now` of the log, once it has begun from what is stored."""

    def __init__(self, wall: Callable[[], float], monotonic: Callable[[], float]) -> None:
        self._wall, self._monotonic = wall, monotonic
        self._offset = 0.0

    def begin(self, stored: float) -> None:
        """Go on from the later of the wall clock and what is stored."""
        self._offset = max(self._wall(), stored) - self._monotonic()

    def now(self) -> float:
        return self._offset + self._monotonic()


def let_pass(connection: Connection, tenure: Tenure, now: float) -> tuple[int, float]:
    """Promise that whatever is committed from now on has a log time that is not before the one that
    is returned, behind the cursor that is returned. Within the open transaction."""
    place = place_of(connection, tenure)
    passed = max(place.log_time, now)
    connection.execute(_PASS, (passed, tenure.scope, tenure.epoch))
    return place.cursor, passed
