"""One commit is one transaction: all of it or nothing, once, and by the right one."""

import pytest

from vurti.errors import Fenced, StoreError
from vurti.events import event
from vurti.model import Row, Statistics, Vds, VdsStatus, Vm, VmStatistics, VmStatus
from vurti.model.commit import Commit


def added(number: int, *ids: str, status: VmStatus = VmStatus.UP) -> Commit:
    vms = tuple(Vm(id_, status=status, run_on="h") for id_ in ids)
    told = tuple(event(None, vm, id=f"{number}-{vm.id}", seq=1, seq_first=1) for vm in vms)
    return Commit(number, number, (), tuple(Row(vm, 1) for vm in vms), told)


def cursors(repository) -> list[int]:
    return [one.cursor for one in repository.log()]


def test_cursors_are_gapless_over_commits_and_restarts(opened) -> None:
    first = opened()
    first.start()
    assert first.commit(added(1, "a", "b")) == 2
    assert first.commit(Commit(2, 2, (Row(Vds("h")),))) == 2
    assert first.commit(added(3, "c")) == 3
    first.close()
    second = opened()
    second.start()
    assert second.commit(added(1, "d")) == 4
    assert cursors(second) == [1, 2, 3, 4]


def test_each_start_raises_the_epoch_and_has_a_nonce_of_its_own(opened) -> None:
    starts = []
    for _ in range(3):
        repository = opened()
        starts.append(repository.start())
        repository.close()
    assert [start.epoch for start in starts] == [1, 2, 3]
    assert len({start.nonce for start in starts}) == 3


def test_a_commit_larger_than_a_statement_is_still_one(opened) -> None:
    repository = opened()
    repository.start()
    ids = [f"vm{n:04}" for n in range(1201)]
    assert repository.commit(added(1, *ids)) == 1201
    assert [one.value.id for one in repository.vdss.vms.list()] == ids


def test_the_same_commit_again_changes_nothing(opened) -> None:
    repository = opened()
    repository.start()
    for _ in range(3):
        assert repository.commit(added(1, "a")) == 1
    assert cursors(repository) == [1]
    assert repository.commit(added(2, "b")) == 2


def test_a_commit_whose_outcome_was_lost_is_recognised(opened, worker) -> None:
    repository = opened()
    repository.start()

    def lose() -> None:
        raise OSError("the thread was lost behind COMMIT")

    worker.after = lose
    with pytest.raises(OSError, match="behind COMMIT"):
        repository.commit(added(1, "a"))
    worker.after = lambda: None
    assert repository.commit(added(1, "a")) == 1
    assert cursors(repository) == [1]


def test_a_commit_that_failed_before_it_was_in_is_written_at_the_retry(opened, worker) -> None:
    repository = opened()
    repository.start()

    def lose() -> None:
        raise OSError("the thread was lost before BEGIN")

    worker.before = lose
    with pytest.raises(OSError, match="before BEGIN"):
        repository.commit(added(1, "a"))
    worker.before = lambda: None
    assert cursors(repository) == []
    assert repository.commit(added(1, "a")) == 1
    assert cursors(repository) == [1]


def test_a_refusal_in_the_middle_leaves_nothing_behind(opened, store) -> None:
    repository = opened()
    repository.start()
    store.refuse("insert", "event_log", "disk full", "new.vm = 'b'")
    with pytest.raises(StoreError, match=r"(vurti\.db|postgres): disk full"):
        repository.commit(added(1, "a", "b"))
    assert (repository.vdss.vms.count(), cursors(repository)) == (0, [])

    store.allow("event_log")
    assert repository.commit(added(1, "a", "b")) == 2
    assert (repository.vdss.vms.count(), cursors(repository)) == (2, [1, 2])


def test_whoever_was_taken_over_writes_nothing_more(opened, store) -> None:
    repository = opened()
    repository.start()
    repository.commit(Commit(1, 1, (Row(Vds("h")),)))
    store.sql("update scope set epoch = epoch + 1, nonce = 'other', number_last = 0")

    with pytest.raises(Fenced, match="epoch 2, ours was 1"):
        repository.commit(added(2, "a"))
    with pytest.raises(Fenced):
        repository.save_statistics([Statistics("h", 5.0)])
    with pytest.raises(Fenced):
        repository.prune()
    assert (repository.vdss.vms.count(), cursors(repository)) == (0, [])
    assert repository.vdss.get("h").heard_at is None


def test_a_store_restored_from_a_backup_is_not_taken_for_ones_own(opened, store) -> None:
    repository = opened()
    repository.start()
    store.sql("update scope set nonce = 'of another start with the same epoch'")
    with pytest.raises(Fenced):
        repository.commit(added(1, "a"))


def test_contract_6_a_store_that_was_put_back_to_an_earlier_commit_is_not_gone_on_with(
    opened, store
) -> None:
    """As by a standby that took over without the last commits that the primary had acknowledged."""
    repository = opened()
    repository.start()
    for number in (1, 2, 3):
        repository.commit(added(number, f"vm{number}"))
    store.sql("update scope set seq = 2, number_last = 2, cursor = 2")
    store.sql("delete from event_log where cursor = 3")
    store.sql("delete from vm_dynamic where id = 'vm3'")
    with pytest.raises(Fenced, match=r"at commit 2, and we were at 3: .* put back"):
        repository.commit(added(4, "vm4"))
    assert cursors(repository) == [1, 2]


def test_a_commit_that_begins_before_the_end_of_what_is_stored_is_refused(opened) -> None:
    repository = opened()
    repository.start()
    repository.commit(Commit(1, 5, (Row(Vds("h")),)))
    with pytest.raises(StoreError, match="inputs 4 to 7 came after 5"):
        repository.commit(Commit(4, 7, (Row(Vds("i")),)))
    assert repository.vdss.count() == 1


def test_a_deleted_row_takes_its_record_and_its_statistics_along(opened, store) -> None:
    repository = opened()
    repository.start()
    repository.commit(Commit(1, 1, (Row(Vds("h")),), (Row(Vm("a")), Row(Vm("b")))))
    samples = {"a": VmStatistics(1.0), "b": VmStatistics(2.0)}
    repository.save_statistics([Statistics("h", 5.0, vms=samples)])
    repository.commit(Commit(2, 2, (Row(Vds("h"), deleted=True),), (Row(Vm("b"), deleted=True),)))
    tables = ("vds_dynamic", "vds_statistics", "vm_dynamic", "vm_statistics")
    left = [store.sql(f"select count(*) from {table}") for table in tables]
    assert left == [[(0,)], [(0,)], [(1,)], [(1,)]]
    assert repository.vdss.vms.get("a").statistics == VmStatistics(1.0)


def test_a_record_is_updated_in_its_place(opened) -> None:
    repository = opened()
    repository.start()
    repository.commit(Commit(1, 1, (Row(Vds("h", "east", VdsStatus.UP), 1, 0.0, 7.0, "r"),)))
    repository.save_statistics([Statistics("h", 5.0)])
    repository.commit(
        Commit(2, 2, (Row(Vds("h", "west", VdsStatus.CONNECTING), 2, 0.0, 8.0, "s"),))
    )

    host = repository.vdss.get("h")
    assert (host.value, host.seq) == (Vds("h", "west", VdsStatus.CONNECTING), 2)
    assert (host.observed_at, host.rule, host.heard_at) == (8.0, "s", 5.0)


def test_nothing_is_written_before_a_start_or_after_the_end(opened) -> None:
    repository = opened()
    with pytest.raises(StoreError, match="not started"):
        repository.commit(added(1, "a"))
    repository.start()
    repository.close()
    with pytest.raises(StoreError, match="closed"):
        repository.commit(added(1, "a"))


def test_contract_7_a_start_knows_how_far_the_events_of_what_was_removed_had_come(opened) -> None:
    first = opened()
    first.start()
    first.commit(added(1, "a", "b"))
    vm = Vm("a", status=VmStatus.UP, run_on="h")
    removed = event(vm, None, id="2-a", seq=2, seq_first=2)
    first.commit(Commit(2, 2, (), (Row(vm, 2, deleted=True),), (removed,)))
    first.close()
    assert opened().start().forgotten == {"a": 2}
