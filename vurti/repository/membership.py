"""Which scope things are in: the rows of clusters, and the scope of each record."""

from collections.abc import Mapping, Sequence

from vurti.repository.database import Connection, Read, rows_of
from vurti.repository.rows import storable
from vurti.repository.schema import ScopeOfCluster
from vurti.repository.statements import upsert

_USED = (
    "select scope from vds_dynamic union select scope from vm_dynamic"
    " union select scope from expectation where ended_at is null"
    " union select scope from intent where ended_at is null"
    " union select r.scope from reader r join scope s on s.name = r.scope"
    " where r.stream <> 'intents' and r.gone_at is null and r.cursor < s.cursor order by scope"
)
_HOSTLESS = (
    "select name, cursor from scope where name <> ?"
    " and not exists (select 1 from vds_dynamic where vds_dynamic.scope = scope.name) order by name"
)
_DEAL = upsert("scope_of_cluster", ("cluster",), ("scope",), others=("dealt_at",))
_MOVE = (
    "update vds_dynamic set scope = ? where scope = ? and id {among}",
    "update vm_dynamic set scope = ? where scope = ? and id {among}",
    "update expectation set scope = ? where scope = ? and ended_at is null and thing {among}",
    "update explanation set scope = ? where scope = ? and thing {among}",
)
_MOVE_INTENTS = (
    "update intent set scope = ?, raised_in = ?, changed_in = ?"
    " where scope = ? and ended_at is null and thing {among}"
)


def used(connection: Connection) -> list[str]:
    """The scopes that have a host, a VM, something that is waited for, or events that a sink has
    not told yet."""
    return [scope for (scope,) in connection.execute(_USED).fetchall()]


def hostless(connection: Connection, but: str) -> list[tuple[str, int]]:
    """The other scopes that have no host, with the last cursors of their logs: nothing that is
    heard of hosts brings anybody to look after these."""
    return [(scope, cursor) for scope, cursor in connection.execute(_HOSTLESS, (but,)).fetchall()]


def read_memberships(read: Read) -> dict[str, str]:
    """The scope of each cluster that was dealt."""
    return dict(read(rows_of(ScopeOfCluster.select(ScopeOfCluster.cluster, ScopeOfCluster.scope))))


def deal(connection: Connection, scope_of_cluster: Mapping[str, str], at: float) -> None:
    """These clusters are in these scopes from now on, within the open transaction."""
    rows = ((storable(cluster), scope, at) for cluster, scope in scope_of_cluster.items())
    connection.write(_DEAL, rows)


def move(connection: Connection, origin: str, to: str, things: Sequence[str], commit: int) -> None:
    """Records of hosts and VMs go to another scope with all that belongs to them, statistics among
    it; `commit` is that by which intents come there. Within the open transaction."""
    stored = [storable(thing) for thing in things]
    for statement in _MOVE:
        connection.among(statement, (to, origin), stored)
    connection.among(_MOVE_INTENTS, (to, commit, commit, origin), stored)
