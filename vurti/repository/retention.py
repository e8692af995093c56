"""How long the log is kept, and what is forgotten with it."""

from collections.abc import Sequence
from typing import Any

from loguru import logger
from msgspec import Struct

from vurti.repository import announcements, base, bookmarks, log
from vurti.repository.database import STATEMENT_ROWS_MAX, Connection
from vurti.repository.log import Bound
from vurti.repository.promises import PromiseRepository

DAY_SECS = 86400
ANSWER_SECS = 60.0
"""So long an announcement stays after its time, for those who want to read why."""


class Retention(Struct, frozen=True):
    """An event is kept until it is `log_days` old or beyond `log_rows_max`; one that a reader has
    not read yet, until it is `unread_days` old or beyond `unread_rows_max`, if that is longer. A
    reader that no configuration names is forgotten after `gone_days`."""

    log_days: float = 30.0
    log_rows_max: int = 10_000_000
    unread_days: float = 60.0
    unread_rows_max: int = 20_000_000
    gone_days: float = 7.0

    def wished(self, cursor: int, wall: float) -> Bound:
        """What is beyond it goes once all have read it."""
        return Bound(cursor - self.log_rows_max, wall - self.log_days * DAY_SECS)

    def allowed(self, cursor: int, wall: float) -> Bound:
        """What is beyond it goes, read or not."""
        days = max(self.unread_days, self.log_days)
        rows_max = max(self.unread_rows_max, self.log_rows_max)
        return Bound(cursor - rows_max, wall - days * DAY_SECS)

    @property
    def gone_secs(self) -> float:
        return self.gone_days * DAY_SECS


def forget(
    connection: Connection,
    scope: str,
    retention: Retention,
    cursor: int,
    wall: float,
    promised: Sequence[PromiseRepository[Any]],
) -> int:
    """Forget a step's worth of what is too old, within the open transaction; returns how many rows.
    `cursor` is the log's last. What a reader loses by it is counted in its row and told."""
    readers = bookmarks.read_within(connection, scope)
    wished, allowed = retention.wished(cursor, wall), retention.allowed(cursor, wall)
    limit = STATEMENT_ROWS_MAX
    last, lost = bookmarks.held_range(connection, scope, readers, limit, wished, allowed)
    pruned = 0
    if last:
        base.fold(connection, scope, last)
        pruned = log.forget(connection, scope, last)
    for name, count in lost.items():
        logger.warning(
            "the log forgets {} events that {} has not read: up to cursor {}", count, name, last
        )
    before = max(wished.keep_since, log.forgotten_before(connection, scope))
    pruned += sum(one.forget(connection, before, limit) for one in promised)
    return pruned + announcements.forget(connection, scope, wall - ANSWER_SECS)
