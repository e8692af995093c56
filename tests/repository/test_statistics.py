"""Latest samples, and what a quiet fleet costs."""

import pytest

from vurti.model import Row, Statistics, Vds, VdsStatistics, Vm, VmStatistics
from vurti.model.commit import Commit

HOSTS = [f"h{n}" for n in range(5)]
VMS = {host: [f"{host}-vm{n}" for n in range(6)] for host in HOSTS}


@pytest.fixture
def fleet(opened):
    repository = opened()
    repository.start()
    vms = [Row(Vm(vm, run_on=host)) for host in HOSTS for vm in VMS[host]]
    repository.commit(Commit(1, 1, tuple(Row(Vds(host)) for host in HOSTS), tuple(vms)))
    return repository


def sample(host: str, at: float, load: float = 1.0) -> Statistics:
    vms = {vm: VmStatistics(load, 5) for vm in VMS[host]}
    return Statistics(host, at, VdsStatistics(load), vms)


def test_on_a_quiet_fleet_one_small_row_a_host_is_written_and_no_other(fleet, store) -> None:
    fleet.save_statistics([sample(host, 5.0) for host in HOSTS])
    before, scope = store.changes(fleet), store.sql("select * from scope")
    for tick in range(1, 11):
        fleet.save_statistics([sample(host, 5.0 + 15 * tick) for host in HOSTS])
        fleet.prune()
    assert store.changes(fleet) - before == 10 * len(HOSTS)
    assert store.sql("select * from scope") == scope


def test_without_statistics_a_quiet_store_is_not_touched_at_all(fleet, store) -> None:
    before = store.changes(fleet)
    for _ in range(5):
        fleet.prune()
        fleet.save_statistics([])
        fleet.vdss.vms.list()
    assert store.changes(fleet) == before
    fleet.save_statistics([sample("h0", 5.0)])
    assert store.changes(fleet) > before


def test_only_the_latest_is_kept(fleet) -> None:
    fleet.save_statistics([sample("h0", 20.0, load=2.0), sample("h0", 5.0, load=1.0)])
    fleet.save_statistics([sample("h0", 35.0, load=3.0)])
    assert fleet.vdss.get("h0").statistics == VdsStatistics(3.0)
    assert fleet.vdss.vms.get("h0-vm0").statistics == VmStatistics(3.0, 5)


def test_a_host_that_only_told_of_its_vms_was_heard_and_keeps_its_older_sample(fleet) -> None:
    fleet.save_statistics([Statistics("h0", 5.0, VdsStatistics(1.0))])
    fleet.save_statistics([Statistics("h0", 20.0, vms={"h0-vm0": VmStatistics(7.0)})])
    host = fleet.vdss.get("h0")
    assert (host.heard_at, host.sampled_at, host.statistics) == (20.0, 5.0, VdsStatistics(1.0))


def test_an_equal_sample_keeps_the_age_of_the_first_and_its_host_says_it_was_heard(fleet) -> None:
    fleet.save_statistics([sample("h0", 5.0)])
    fleet.save_statistics([sample("h0", 20.0)])
    vm = fleet.vdss.vms.get("h0-vm0")
    assert (vm.sampled_at, vm.heard_at) == (5.0, 20.0)
    fleet.save_statistics([sample("h0", 35.0, load=2.0)])
    assert fleet.vdss.vms.get("h0-vm0").sampled_at == 35.0


def test_samples_of_things_without_a_record_are_counted_and_spare_the_others(fleet) -> None:
    strange = Statistics("gone", 5.0, VdsStatistics(1.0), {"gone-vm": VmStatistics(1.0)})
    fleet.save_statistics([strange, sample("h1", 5.0)])
    assert fleet.statistics_unknown == 2
    assert fleet.vdss.get("h1").heard_at == 5.0


def test_samples_of_more_things_than_a_statement_takes_are_all_kept(opened) -> None:
    repository = opened()
    repository.start()
    ids = [f"vm{n:04}" for n in range(1201)]
    repository.commit(Commit(1, 1, (Row(Vds("h")),), tuple(Row(Vm(id_)) for id_ in ids)))
    vms = {id_: VmStatistics(float(n)) for n, id_ in enumerate(ids)}
    repository.save_statistics([Statistics("h", 5.0, vms=vms)])
    stored = {one.value.id: one.statistics for one in repository.vdss.vms.list()}
    assert stored == vms
