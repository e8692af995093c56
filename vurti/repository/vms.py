"""The records of the VMs of one scope."""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict, Unpack

from peewee import JOIN, SQL, Select, fn

from vurti.model import Row, VmStatus
from vurti.repository import schema
from vurti.repository.database import (
    Connection,
    Json,
    Nested,
    Objects,
    Read,
    Shape,
    Statement,
    given,
    many_rows_of,
    objects_of,
    rows_of,
)
from vurti.repository.records import VmRecord, VmText
from vurti.repository.rows import VM, VM_LONG, storable, vm_row, vm_values
from vurti.repository.sample_rows import VM_PARTS, VM_SAMPLE, vm_sample
from vurti.repository.statements import delete, kinds, upsert

_DYNAMIC, _STATISTICS = schema.VmDynamic, schema.VmStatistics
_HOST, _HEARD = schema.VdsDynamic, schema.VdsStatistics
_SAVE = upsert("vm_dynamic", ("scope", "id"), VM[1:])
NULL = SQL("null")
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
_CLUSTER, _HEARD_AT, _SAMPLED_AT, _SAMPLE = range(len(VM), len(VM) + 4)
_SHAPE: Shape = {
    **{name: place for place, name in enumerate(VM) if name not in VM_LONG},
    "cluster": _CLUSTER,
    "heard_at": _HEARD_AT,
    "sampled_at": _SAMPLED_AT,
    "statistics": Nested(
        _SAMPLED_AT,
        {
            name: Json(_SAMPLE + place) if place in VM_PARTS else _SAMPLE + place
            for place, name in enumerate(VM_SAMPLE)
        },
    ),
}
"""Of a record as other programs are told of it, by the columns of `_query`."""
_BESIDE = (VM.index("id"), VM.index("run_on"), _HEARD_AT)


class VmFilter(TypedDict, total=False):
    """Which VMs: those with all that is given, from behind `after` on, at most `limit`."""

    status: VmStatus | str | None
    host: str | None
    cluster: str | None
    name: str | None
    after: str | None
    limit: int | None


class VmRepository:
    """Reads VMs in short transactions. Writing is for the commit alone."""

    def __init__(self, scope: str | None, read: Read) -> None:
        self._scope, self._read = scope, read
        self._objects: dict[frozenset[str], Objects] = {}

    def get(self, vm: str) -> VmRecord | None:
        """One VM, None where it is not known."""
        found = self._read(rows_of(self._query().where(_DYNAMIC.id == storable(vm))))
        return _record(found[0]) if found else None

    def list(self, *, whole: bool = True, **wanted: Unpack[VmFilter]) -> Sequence[VmRecord]:
        """VMs in the order of their ids. Those that are not `whole` have no guest and no hardware,
        which are the most of a record: as if never told."""
        found = self._found(_values(wanted), whole)
        return [_record(values) for values in self._read(many_rows_of(found))]

    def texts(self, **wanted: Unpack[VmFilter]) -> Sequence[VmText]:
        """The same VMs as `list` gives with `whole` false, for other programs: with a whole page of
        them the interpreter is hardly held."""
        values = _values(wanted)
        told = self._read(objects_of(self._asked(frozenset(values)), values))
        return [VmText(id_, run_on, heard_at, text) for (id_, run_on, heard_at), text in told]

    def _asked(self, names: frozenset[str]) -> Objects:
        """The select for who gives these members of a filter."""
        if (known := self._objects.get(names)) is None:
            found = self._found({name: given(name) for name in names}, whole=False)
            known = self._objects[names] = Objects(found, _SHAPE, _BESIDE)
        return known

    def _found(self, wanted: Mapping[str, Any], whole: bool) -> Select:
        query = self._query(whole).order_by(_DYNAMIC.id).limit(wanted.get("limit"))
        host, after = wanted.get("host"), wanted.get("after")
        if host is not None and self._scope is None:  # the index on hosts begins with the scope
            query = query.where(_DYNAMIC.scope.in_(schema.Scope.select(schema.Scope.name)))
        equal = (
            (_DYNAMIC.run_on, host),
            (_HOST.cluster, wanted.get("cluster")),
            (_DYNAMIC.name, wanted.get("name")),
            (_DYNAMIC.status, wanted.get("status")),
        )
        for column, value in equal:
            if value is not None:
                query = query.where(column == value)
        return query if after is None else query.where(_DYNAMIC.id > after)

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

    def _query(self, whole: bool = True) -> Select:
        left_out = frozenset() if whole else VM_LONG
        columns = [NULL if name in left_out else getattr(_DYNAMIC, name) for name in VM]
        sample = [getattr(_STATISTICS, name) for name in ("sampled_at", *VM_SAMPLE)]
        host = (_HOST.scope == _DYNAMIC.scope) & (_HOST.id == _DYNAMIC.run_on)
        return (
            _DYNAMIC.select(*columns, fn.coalesce(_HOST.cluster, ""), _HEARD.heard_at, *sample)
            .join(_STATISTICS, JOIN.LEFT_OUTER, on=(_STATISTICS.vm == _DYNAMIC.key))
            .switch(_DYNAMIC)
            .join(_HOST, JOIN.LEFT_OUTER, on=host)
            .join(_HEARD, JOIN.LEFT_OUTER, on=(_HEARD.vds == _HOST.key))
            .where(schema.within(_DYNAMIC.scope, self._scope))
        )


def _values(wanted: VmFilter) -> dict[str, Any]:
    """What is given, as it is stored."""
    return {
        name: str(value) if name == "status" else value
        for name, value in wanted.items()
        if value is not None
    }


def _record(values: Sequence[Any]) -> VmRecord:
    row = vm_row(values[: len(VM)])
    cluster, heard_at, sampled_at, *sample = values[len(VM) :]
    return VmRecord(
        row.value,  # type: ignore[arg-type] # a VM's row holds a Vm
        row.seq,
        row.observed_at,
        row.rule,
        cluster,
        heard_at,
        sampled_at,
        None if sampled_at is None else vm_sample(sample),
    )
