"""Records and log as others read them, also from another process in the middle of the writing."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
from msgspec.structs import replace

from tests.repository.stores import FileStore
from vurti.errors import StoreError
from vurti.events import event
from vurti.model import (
    BARE,
    UNTOLD,
    Guest,
    Hardware,
    Row,
    Statistics,
    Vds,
    VdsCapabilities,
    VdsStatus,
    Vm,
    VmStatus,
)
from vurti.model.commit import Commit
from vurti.repository import history, open_for_reading, open_repository

FLEET = {"alpha": "east", "beta": "east", "gamma": "west"}
READ = """
import sys
from vurti.repository import open_for_reading
with open_for_reading(sys.argv[1]) as reader:
    print("ready", flush=True)
    for _ in sys.stdin:
        # Everything of one commit has the same seq: a reader never sees half of one.
        print(*{one.seq for one in reader.vdss.vms.list()}, reader.log_bounds()[1], flush=True)
"""


@pytest.fixture
def fleet(opened):
    repository = opened()
    repository.start()
    hosts = [Row(Vds(id_, cluster, VdsStatus.UP)) for id_, cluster in FLEET.items()]
    hosts[2] = Row(Vds("gamma", "west", VdsStatus.CONNECTING))
    vms = [
        Row(Vm(f"vm{n}", f"name{n}", VmStatus.UP if n % 2 else VmStatus.PAUSED, host))
        for n, host in enumerate([*FLEET, *FLEET])
    ]
    vms.append(Row(Vm("vm9", "down", VmStatus.DOWN)))
    told = tuple(event(None, row.value, seq=1, seq_first=1) for row in (*hosts, *vms))
    repository.commit(Commit(1, 1, tuple(hosts), tuple(vms), told), 1000.5)
    return repository


def ids(records) -> list[str]:
    return [record.value.id for record in records]


def test_a_list_that_is_not_whole_lacks_only_what_is_long(fleet, url) -> None:
    made = Vds("alpha", "east", VdsStatus.UP, capabilities=VdsCapabilities(memory_kb=4))
    vm = Vm("vm0", "name0", VmStatus.UP, "alpha", guest=Guest(os="x"), hardware=Hardware("h"))
    fleet.commit(Commit(2, 2, (Row(made, 2),), (Row(vm, 2),)), 1001.0)
    with open_for_reading(url) as reader:
        hosts, vms = reader.vdss, reader.vdss.vms
        assert (hosts.list()[0].value, vms.list()[0].value) == (made, vm)
        brief = [*hosts.list(whole=False), *vms.list(whole=False)]
        whole = [*hosts.list(), *vms.list()]
    bare = (replace(made, capabilities=None), replace(vm, guest=UNTOLD, hardware=BARE))
    assert [one.value for one in brief[:1] + brief[3:4]] == list(bare)
    assert [replace(one, value=None) for one in brief] == [
        replace(one, value=None) for one in whole
    ]


def test_each_host_has_its_cluster(fleet, url) -> None:
    with open_for_reading(url) as reader:
        assert reader.vdss.clusters() == FLEET


def test_hosts_are_found_by_what_they_are(fleet, url) -> None:
    with open_for_reading(url) as reader:
        vdss = reader.vdss
        assert ids(vdss.list()) == ["alpha", "beta", "gamma"]
        assert ids(vdss.list(cluster="east")) == ["alpha", "beta"]
        assert ids(vdss.list(status=VdsStatus.CONNECTING)) == ["gamma"]
        assert ids(vdss.list(status="Up", after="alpha")) == ["beta"]
        assert ids(vdss.list(limit=2)) == ["alpha", "beta"]
        assert vdss.get("beta").value == Vds("beta", "east", VdsStatus.UP)
        assert vdss.get("nobody") is None
        assert (vdss.count(), vdss.vms.count()) == (3, 7)


def test_vms_are_found_by_what_they_are_and_know_their_hosts_cluster(fleet) -> None:
    vms = fleet.vdss.vms
    assert ids(vms.by_host("alpha")) == ["vm0", "vm3"]
    assert ids(vms.list(cluster="west")) == ["vm2", "vm5"]
    assert ids(vms.list(status=VmStatus.PAUSED, host="beta")) == ["vm4"]
    assert ids(vms.list(name="down")) == ["vm9"]
    assert (vms.get("vm2").cluster, vms.get("vm9").cluster) == ("west", "")
    assert vms.get("nobody") is None


def test_pages_put_together_are_the_whole(fleet) -> None:
    pages, after = [], None
    while page := ids(fleet.vdss.vms.list(after=after, limit=3)):
        pages.append(page)
        after = page[-1]
    assert pages == [["vm0", "vm1", "vm2"], ["vm3", "vm4", "vm5"], ["vm9"]]


def test_the_log_is_read_by_cursor(fleet) -> None:
    assert [one.cursor for one in fleet.log(after=3, limit=4)] == [4, 5, 6, 7]
    assert [one.cursor for one in fleet.log(after=8)] == [9, 10]
    assert fleet.log(after=10) == []
    assert fleet.log_bounds() == (1, 10)
    assert {one.committed_at for one in fleet.log()} == {1000.5}
    assert [one.cursor for one in fleet.log(thing="vm1")] == [5]
    assert [one.cursor for one in fleet.log(thing="gamma")] == [3]


def test_the_log_is_read_back_from_its_end(fleet) -> None:
    assert [one.cursor for one in fleet.log_before(limit=3)] == [10, 9, 8]
    assert [one.cursor for one in fleet.log_before(3)] == [2, 1]
    assert [one.cursor for one in fleet.log_before(thing="vm1")] == [5]
    assert [one.cursor for one in fleet.log_before(thing="gamma")] == [3]
    assert fleet.log_before(5, thing="vm1") == []


@pytest.mark.parametrize("sql", [history.BEHIND, history.BEFORE])
def test_a_history_is_found_by_its_own_index_however_long_the_log_is(
    file_store: FileStore, worker, sql: str
) -> None:
    with open_repository(file_store.url, "system", worker) as repository:
        repository.start()
    with closing(sqlite3.connect(file_store.path)) as connection:
        values = history.values_of("system", "vm1", 7, 100)
        plan = [row[3] for row in connection.execute(f"explain query plan {sql}", values)]
    searched = [one for one in plan if "event_log" in one]
    assert len(searched) == 2
    assert all("INDEX event_log_" in one for one in searched), plan


def test_an_empty_log_has_no_bounds(opened) -> None:
    repository = opened()
    repository.start()
    assert repository.log_bounds() == (0, 0)


def test_scopes_do_not_see_each_other(fleet, url) -> None:
    with open_for_reading(url, scope="other") as reader:
        assert (ids(reader.vdss.list()), ids(reader.vdss.vms.list()), reader.log()) == ([], [], [])


def test_what_cannot_be_read_is_named_and_not_guessed(fleet, store) -> None:
    store.sql("update vm_dynamic set status = 'Dancing' where id = 'vm1'")
    store.sql("update event_log set body = '{}' where cursor = 4")
    with pytest.raises(StoreError, match="record of VM 'vm1' cannot be read: 'Dancing'"):
        fleet.vdss.vms.list()
    with pytest.raises(StoreError, match="the log at cursor 4 cannot be read"):
        fleet.log()


def test_another_process_reads_whole_commits_while_they_are_written(fleet, url) -> None:
    reader = subprocess.Popen(
        [sys.executable, "-c", READ, url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.getcwd()},
    )
    assert reader.stdout.readline() == "ready\n"
    seen = []
    for number in range(2, 40):
        reader.stdin.write("\n")
        reader.stdin.flush()
        vms = [Row(record.value, seq=number) for record in fleet.vdss.vms.list()]
        told = event(None, vms[0].value, seq=number, seq_first=number)
        cursor = fleet.commit(Commit(number, number, (), tuple(vms), (told,)))
        assert cursor == 9 + number
        seen.append([int(text) for text in reader.stdout.readline().split()])
    reader.communicate()
    assert all(len(line) == 2 for line in seen), "a commit was seen in part"
    assert all(cursor >= 9 + seq for seq, cursor in seen)
    assert seen == sorted(seen)
    assert len({seq for seq, _ in seen}) > 10


def test_the_views_tell_the_age_of_what_they_show(fleet, store) -> None:
    fleet.save_statistics([Statistics("alpha", 1000.0)])
    hosts = dict(store.sql("select id, heard_secs_ago from hosts"))
    vms = dict(store.sql("select id, host_heard_secs_ago from vms"))
    assert hosts["alpha"] > 1_000_000_000
    assert vms["vm0"] == pytest.approx(hosts["alpha"], abs=60)
    assert (hosts["beta"], vms["vm1"], vms["vm9"]) == (None, None, None)
