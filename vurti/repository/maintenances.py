"""Which hosts somebody has taken away, until when, and why."""

from typing import TYPE_CHECKING

from msgspec.structs import replace

from vurti.model import Awaited, Expectation, Outcome, Vds, VdsStatus

if TYPE_CHECKING:
    from vurti.repository.reader import Records

PAGE = 1000


def announced(reader: "Records", host: str | None = None) -> dict[str, Expectation]:
    """The last maintenance that was announced of each host, or of this one, whatever came of it."""
    last: dict[str, Expectation] = {}
    after: str | None = None
    while True:
        page = reader.expectations.list(
            ended=True, thing=host, kind=Awaited.MAINTENANCE, after=after, limit=PAGE
        )
        last.update({one.thing: one for one in page})
        if len(page) < PAGE:
            return last
        after = page[-1].id


def in_force(vds: Vds, last: Expectation | None) -> Expectation | None:
    """The maintenance that a host goes into or is in, where it was announced; it ends when the
    host's record says so."""
    if last is None or last.outcome is Outcome.OPEN:
        return last
    if last.outcome is not Outcome.MET or vds.status is not VdsStatus.MAINTENANCE:
        return None
    until = vds.maintenance_until
    return last if until is None else replace(last, expires_at=until)
