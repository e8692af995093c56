"""What a vurti would tell, for tests of who follows it."""

from datetime import UTC, datetime
from typing import Any

from vurti.cli.terminal.begin import Begun
from vurti.cli.terminal.told import Age, Ages, EventTold, HostTold, Snapshot, VmTold

NOW = 1_700_000_000.0


def host(id_: str, status: str = "Up", **more: Any) -> HostTold:
    return HostTold(id_, **{"cluster": "east", "status": status, "seq": 1, "observed_at": NOW - 60}
                    | more)  # fmt: skip


def vm(id_: str, run_on: str | None, status: str = "Up", **more: Any) -> VmTold:
    return VmTold(
        id_, run_on=run_on, **{"status": status, "seq": 1, "observed_at": NOW - 60} | more
    )


def snapshot(hosts: list[HostTold], vms: list[VmTold], cursor: int = 10) -> Snapshot:
    return Snapshot(cursor, NOW, hosts, vms)


def ages(*hosts: str, old: float | None = 1.0, took: float = 0.1, now: float = NOW) -> Ages:
    """All of them heard so long ago; the target is 4 s, and 9 s is stale."""
    items = [Age(host, old, took) for host in hosts]
    return Ages(2.0, 4.0, 9.0, old, old, items, now)


def begun(hosts: list[HostTold], vms: list[VmTold], **more: Any) -> Begun:
    """All is known, and every host was just heard."""
    given = {
        "version": "0.1.0",
        "cursors": {"system": 10},
        "snapshots": [snapshot(hosts, vms)],
        "ages": ages(*(one.id for one in hosts)),
    }
    return Begun(**given | more)  # type: ignore[arg-type]  # of fields by their names


def told(kind: str, thing: str, before: str | None, after: str | None, **more: Any) -> EventTold:
    """An event of a VM (`kind` begins with Vm) or host."""
    at = datetime.fromtimestamp(more.pop("at", NOW), UTC)
    of = {"vm": thing} if kind.startswith("Vm") else {"host": thing}
    given = {"id": f"{thing}.{more.get('seq', 2)}", "seq": 2, "reason": "so it is", "rule": "R"}
    return EventTold(
        kind=kind, observed_at=at, committed_at=at, before=before, after=after,
        **of | given | more,
    )  # fmt: skip
