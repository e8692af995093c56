"""How everything stands at one moment of the log: where to begin when one has missed something."""

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from vurti.events import Event, VdsKnown, VmKnown
from vurti.model import Row, Vds, Vm
from vurti.repository.database import Connection, Look
from vurti.repository.vdss import VdsRepository

_PLACE = "select cursor, committed_at, started_at from scope where name = ?"


class Standing(Struct, frozen=True):
    """All rows of a scope, just as the log's events up to `cursor` have left them: what is behind
    that cursor goes on from here. `at` is wall seconds, when the last of it was committed."""

    scope: str
    cursor: int
    at: float
    vdss: tuple[Row, ...]
    vms: tuple[Row, ...]

    def events(self) -> Iterator[Event]:
        """The same as events, hosts first: VdsKnown and VmKnown. Their ids name this moment."""
        for row in (*self.vdss, *self.vms):
            event = _known(row)
            id_ = f"{self.scope}.{self.cursor}.known.{event.thing}"
            yield replace(
                event,
                id=id_,
                seq=row.seq,
                seq_first=row.seq,
                rule=row.rule,
                observed_at=row.observed_at,
            )


def _known(row: Row) -> Event:
    match row.value:
        case Vds() as vds:
            return VdsKnown(after=vds)
        case Vm() as vm:
            return VmKnown(after=vm, host=vm.run_on)


def read_standing(look: Look, scope: str, vdss: VdsRepository) -> Standing:
    """All of it at one moment."""
    return look(lambda connection: standing_of(connection, scope, vdss))


def standing_of(connection: Connection, scope: str, vdss: VdsRepository) -> Standing:
    """All of one scope, within the open transaction."""
    found = connection.execute(_PLACE, (scope,)).fetchone()
    cursor, committed_at, started_at = found or (0, None, 0.0)
    rows = (vdss.load(connection), vdss.vms.load(connection))
    return Standing(scope, cursor, committed_at or started_at, *rows)
