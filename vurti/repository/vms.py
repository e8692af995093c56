"""The records of the VMs of one scope."""

from collections.abc import Sequence
from typing import Any

from peewee import JOIN, Select

from vurti.model import Row, VmStatus
from vurti.repository import schema
from vurti.repository.database import Connection, Read, Statement, many_rows_of, rows_of
from vurti.repository.records import VmRecord
from vurti.repository.rows import VM, storable, vm_row, vm_values
from vurti.repository.sample_rows import VM_SAMPLE, vm_sample
from vurti.repository.statements import delete, kinds, upsert

_DYNAMIC, _STATISTICS = schema.VmDynamic, schema.VmStatistics
_HOST, _HEARD = schema.VdsDynamic, schema.VdsStatistics
_SAVE = upsert("vm_dynamic", ("scope", "id"), VM[1:])
_LOAD = (
    f"select {', '.join(VM)} from vm_dynamic"  # noqa: S608 # our own names
    " where scope = ? order by id"
)
_DELETE = delete("vm_dynamic", ("scope", "id"))
_DELETE_STATISTICS = Statement(
    "delete from vm_statistics where vm in"
    " (select key from vm_dynamic where (scope, id) in ({rows}))",
    kinds("vm_dynamic", ("scope", "id")),
)


class VmRepository:
    """Reads VMs in short transactions. Writing is for the commit alone."""

    def __init__(self, scope: str | None, read: Read) -> None:
        self._scope, self._read = scope, read

    def get(self, vm: str) -> VmRecord | None:
        """One VM, None where it is not known."""
        found = self._read(rows_of(self._query().where(_DYNAMIC.id == storable(vm))))
        return _record(found[0]) if found else None

    def list(
        self,
        *,
        status: VmStatus | str | None = None,
        host: str | None = None,
        cluster: str | None = None,
        name: str | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Sequence[VmRecord]:
        """VMs in the order of their ids, from behind `after` on, at most `limit`."""
        query = self._query().order_by(_DYNAMIC.id).limit(limit)
        if host is not None and self._scope is None:  # the index on hosts begins with the scope
            query = query.where(_DYNAMIC.scope.in_(schema.Scope.select(schema.Scope.name)))
        wanted = ((_DYNAMIC.run_on, host), (_HOST.cluster, cluster), (_DYNAMIC.name, name))
        for column, value in wanted:
            if value is not None:
                query = query.where(column == value)
        if status is not None:
            query = query.where(_DYNAMIC.status == str(status))
        if after is not None:
            query = query.where(_DYNAMIC.id > after)
        return [_record(values) for values in self._read(many_rows_of(query))]

    def by_host(self, host: str) -> Sequence[VmRecord]:
        """The VMs that the host holds."""
        return self.list(host=host)

    def count(self) -> int:
        """How many VMs there are."""
        query = _DYNAMIC.select().where(schema.within(_DYNAMIC.scope, self._scope))
        return self._read(lambda database: int(query.count(database)))

    def load(self, connection: Connection) -> tuple[Row, ...]:
        """All VMs as rows, in the order of their ids, within the open transaction."""
        return tuple(map(vm_row, connection.execute(_LOAD, (self._scope,)).fetchall()))

    def save(self, connection: Connection, rows: Sequence[Row]) -> None:
        """Create, update or (`Row.deleted`) delete records, within the open transaction."""
        gone = [(self._scope, storable(row.value.id)) for row in rows if row.deleted]
        connection.write(_DELETE_STATISTICS, gone)
        connection.write(_DELETE, gone)
        kept = ((self._scope, *vm_values(row)) for row in rows if not row.deleted)
        connection.write(_SAVE, kept)

    def _query(self) -> Select:
        columns = [getattr(_DYNAMIC, name) for name in VM]
        sample = [getattr(_STATISTICS, name) for name in ("sampled_at", *VM_SAMPLE)]
        host = (_HOST.scope == _DYNAMIC.scope) & (_HOST.id == _DYNAMIC.run_on)
        return (
            _DYNAMIC.select(*columns, _HOST.cluster, _HEARD.heard_at, *sample)
            .join(_STATISTICS, JOIN.LEFT_OUTER, on=(_STATISTICS.vm == _DYNAMIC.key))
            .switch(_DYNAMIC)
            .join(_HOST, JOIN.LEFT_OUTER, on=host)
            .join(_HEARD, JOIN.LEFT_OUTER, on=(_HEARD.vds == _HOST.key))
            .where(schema.within(_DYNAMIC.scope, self._scope))
        )


def _record(values: Sequence[Any]) -> VmRecord:
    row = vm_row(values[: len(VM)])
    cluster, heard_at, sampled_at, *sample = values[len(VM) :]
    return VmRecord(
        row.value,  # type: ignore[arg-type] # a VM's row holds a Vm
        row.seq,
        row.observed_at,
        row.rule,
        cluster or "",
        heard_at,
        sampled_at,
        None if sampled_at is None else vm_sample(sample),
    )
