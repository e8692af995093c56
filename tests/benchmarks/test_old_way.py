"""The old way does what it is said to do: what vurti is compared with must be the real thing."""

from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from benchmarks.old_way.cycle import World
from benchmarks.old_way.stores import Raw, opened
from benchmarks.peer import book
from benchmarks.peer.host import Host

VMS = 6


def answers(changing: float, count: int) -> list[list[dict[str, Any]]]:
    import json

    pages, host = book.vdsm(VMS), Host(1, changing)
    return [json.loads(host.all_vms(pages)) for _ in range(count)]


@pytest.mark.parametrize("kind", ["sqlite", "peewee"])
def test_each_vm_that_changed_is_one_event_and_every_sample_is_stored(
    tmp_path: Path, kind: str
) -> None:
    told = answers(changing=0.5, count=3)
    with closing(opened(f"{kind}://{tmp_path / 'old.db'}")) as store:
        world = World(store)
        for one in told:
            world.refresh("host-1", one)
        last = {vm["vmId"]: (vm["status"], int(vm["cpuUsage"])) for vm in told[-1]}
        stored = [store.load(id) for id in last]
    changed = sum(
        before["status"] != after["status"]
        for first, second in pairwise(told)
        for before, after in zip(first, second, strict=True)
    )
    assert changed > 0
    assert world.events == VMS + changed
    assert {one.id: (one.status, one.cpu_time_ns) for one in stored if one is not None} == last


def test_an_answer_is_one_transaction_with_a_select_and_an_update_of_each_vm(
    tmp_path: Path,
) -> None:
    first, second = answers(changing=0.0, count=2)
    traced: list[str] = []
    with closing(Raw(str(tmp_path / "old.db"))) as store:
        world = World(store)
        world.refresh("host-1", first)
        store._base.set_trace_callback(lambda sql: traced.append(sql.split()[0].lower()))
        world.refresh("host-1", second)
    assert traced == ["begin", *["select", "update"] * VMS, "commit"]
