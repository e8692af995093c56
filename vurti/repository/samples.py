"""Latest statistics: narrow rows under the records' own small keys, each only the newest."""

from collections.abc import Iterable, Sequence

from vurti.model import Statistics
from vurti.repository.database import Connection, Statement, Values, steps
from vurti.repository.rows import storable
from vurti.repository.sample_rows import (
    VDS_SAMPLE,
    VM_SAMPLE,
    sample_values,
    with_whole_numbers_that_fit,
)
from vurti.repository.statements import upsert

_HEARD = upsert("vds_statistics", ("vds",), ("heard_at",))
_VDS = upsert("vds_statistics", ("vds",), ("heard_at", "sampled_at", *VDS_SAMPLE))
_VM = upsert("vm_statistics", ("vm",), ("sampled_at", *VM_SAMPLE), unless_equal=VM_SAMPLE)


def save(connection: Connection, scope: str, statistics: Sequence[Statistics]) -> int:
    """Store the newest of each host and VM, within the open transaction; returns how many were
    of a host or VM that has no record (removed meanwhile).

    A host costs one row; a VM one only where its sample differs from the stored one.
    """
    in_time = sorted(statistics, key=lambda one: one.heard_at)
    return _save_hosts(connection, scope, in_time) + _save_vms(connection, scope, in_time)


def _save_hosts(connection: Connection, scope: str, in_time: list[Statistics]) -> int:
    heard_at = {storable(one.host): one.heard_at for one in in_time}
    samples: dict[str, Values] = {
        storable(one.host): (one.heard_at, *sample_values(one.vds))
        for one in in_time
        if one.vds is not None
    }
    keys = _keys(connection, "vds_dynamic", scope, heard_at)
    silent = [(keys[host], heard_at[host]) for host in keys if host not in samples]
    _write(connection, _HEARD, silent)
    told = [(keys[host], heard_at[host], *samples[host]) for host in keys if host in samples]
    _write(connection, _VDS, told)
    return len(heard_at) - len(keys)


def _save_vms(connection: Connection, scope: str, in_time: list[Statistics]) -> int:
    samples = {
        storable(vm): (one.heard_at, sample) for one in in_time for vm, sample in one.vms.items()
    }
    keys = _keys(connection, "vm_dynamic", scope, samples)
    rows = ((key, (told := samples[vm])[0], *sample_values(told[1])) for vm, key in keys.items())
    _write(connection, _VM, rows)
    return len(samples) - len(keys)


def _write(connection: Connection, statement: Statement, rows: Iterable[Values]) -> None:
    for step in steps(rows):
        try:
            connection.write(statement, step)
        except OverflowError:  # one host's absurd counter; looking for it beforehand costs double
            connection.write(statement, map(with_whole_numbers_that_fit, step))


def _keys(connection: Connection, table: str, scope: str, things: Iterable[str]) -> dict[str, int]:
    sql = f"select id, key from {table} where scope = ? and id {{among}}"  # noqa: S608 # our own names
    return dict(connection.among(sql, (scope,), things))
