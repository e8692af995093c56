"""The records of the hosts of one scope."""

from collections.abc import Sequence
from typing import Any

from peewee import JOIN, Select

from vurti.model import Row, VdsStatus
from vurti.repository import schema
from vurti.repository.database import Connection, Read, Statement, many_rows_of, rows_of
from vurti.repository.records import VdsRecord
from vurti.repository.rows import VDS, VDS_LONG, storable, vds_row, vds_values
from vurti.repository.sample_rows import VDS_SAMPLE, vds_sample
from vurti.repository.statements import delete, kinds, upsert
from vurti.repository.vms import NULL, VmRepository

_DYNAMIC, _STATISTICS = schema.VdsDynamic, schema.VdsStatistics
_SAVE = upsert("vds_dynamic", ("scope", "id"), VDS[1:])
_LOAD = (
    f"select {', '.join(VDS)} from vds_dynamic"  # noqa: S608 # our own names
    " where scope = ? order by id"
)
_DELETE = delete("vds_dynamic", ("scope", "id"))
_DELETE_STATISTICS = Statement(
    "delete from vds_statistics where vds in"
    " (select key from vds_dynamic where (scope, id) in ({rows}))",
    kinds("vds_dynamic", ("scope", "id")),
)


class VdsRepository:
    """Reads hosts in short transactions; `vms` does the same for their VMs.

    With `scope` None of all scopes. Writing is for the commit alone, which hands over its open
    transaction, and always of one scope.
    """

    def __init__(self, scope: str | None, read: Read) -> None:
        self.vms = VmRepository(scope, read)
        self._scope, self._read = scope, read

    def get(self, host: str) -> VdsRecord | None:
        """One host, None where it is not known."""
        found = self._read(rows_of(self._query().where(_DYNAMIC.id == storable(host))))
        return _record(found[0]) if found else None

    def list(
        self,
        *,
        status: VdsStatus | str | None = None,
        cluster: str | None = None,
        after: str | None = None,
        limit: int | None = None,
        whole: bool = True,
    ) -> Sequence[VdsRecord]:
        """Hosts in the order of their ids, from behind `after` on, at most `limit`. Those that are
        not `whole` have no capabilities, which are the most of a record: as if never told."""
        query = self._query(whole).order_by(_DYNAMIC.id).limit(limit)
        if status is not None:
            query = query.where(_DYNAMIC.status == str(status))
        if cluster is not None:
            query = query.where(_DYNAMIC.cluster == cluster)
        if after is not None:
            query = query.where(_DYNAMIC.id > after)
        return [_record(values) for values in self._read(many_rows_of(query))]

    def clusters(self) -> dict[str, str]:
        """The cluster of each host."""
        found = _DYNAMIC.select(_DYNAMIC.id, _DYNAMIC.cluster)
        query = found.where(schema.within(_DYNAMIC.scope, self._scope))
        return dict(self._read(rows_of(query)))

    def count(self) -> int:
        """How many hosts there are."""
        query = _DYNAMIC.select().where(schema.within(_DYNAMIC.scope, self._scope))
        return self._read(lambda database: int(query.count(database)))

    def load(self, connection: Connection) -> tuple[Row, ...]:
        """All hosts as rows, in the order of their ids, within the open transaction."""
        return tuple(map(vds_row, connection.execute(_LOAD, (self._scope,)).fetchall()))

    def save(self, connection: Connection, rows: Sequence[Row]) -> None:
        """Create, update or (`Row.deleted`) delete records, within the open transaction."""
        gone = [(self._scope, storable(row.value.id)) for row in rows if row.deleted]
        connection.write(_DELETE_STATISTICS, gone)
        connection.write(_DELETE, gone)
        kept = ((self._scope, *vds_values(row)) for row in rows if not row.deleted)
        connection.write(_SAVE, kept)

    def _query(self, whole: bool = True) -> Select:
        left_out = frozenset() if whole else VDS_LONG
        columns = [NULL if name in left_out else getattr(_DYNAMIC, name) for name in VDS]
        sample = [getattr(_STATISTICS, name) for name in ("heard_at", "sampled_at", *VDS_SAMPLE)]
        return (
            _DYNAMIC.select(*columns, *sample)
            .join(_STATISTICS, JOIN.LEFT_OUTER, on=(_STATISTICS.vds == _DYNAMIC.key))
            .where(schema.within(_DYNAMIC.scope, self._scope))
        )


def _record(values: Sequence[Any]) -> VdsRecord:
    row = vds_row(values[: len(VDS)])
    heard_at, sampled_at, *sample = values[len(VDS) :]
    return VdsRecord(
        row.value,  # type: ignore[arg-type] # a host's row holds a Vds
        row.seq,
        row.observed_at,
        row.rule,
        heard_at,
        sampled_at,
        None if sampled_at is None else vds_sample(sample),
    )
