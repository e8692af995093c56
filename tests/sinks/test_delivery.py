"""A sink tells what is committed: in order, at least once, until it is taken, by itself."""

import json

import pytest

from tests.sinks.conftest import Bench, Recorder, table
from vurti.errors import StoreError
from vurti.events import event
from vurti.model import Vm, VmStatus
from vurti.model.bookmark import Bookmark
from vurti.model.commit import Commit
from vurti.repository import Retention
from vurti.sinks import Later, Over, Taken, Unreadable

UP, DOWN, PAUSED = VmStatus.UP, VmStatus.DOWN, VmStatus.PAUSED


def bookmark(bench: Bench, name: str = "hook") -> Bookmark:
    return {one.name: one for one in bench.repository.bookmarks()}[name]


def test_a_new_sink_tells_what_is_committed_from_now_on(bench: Bench) -> None:
    bench.commit(("a", UP))
    bench.start(table())
    bench.commit(("a", DOWN), ("b", UP))
    bench.run(0)
    bench.commit(("b", DOWN))
    bench.run()
    assert bench.recorder.tried == [["a.2", "b.1"], ["b.2"]]
    told = bench.recorder.items[0]
    assert (told.kind, told.subject, told.cursor, told.scope, told.stream) == (
        "VmStateChanged", "vm/a", 2, "system", "events",
    )  # fmt: skip
    assert json.loads(told.line)["after"] == "Down"


@pytest.mark.parametrize(
    ("source", "ids"), [("vms", ["a.1"]), ("hosts", ["h.1"]), ("events", ["h.1", "a.1"])]
)
def test_it_tells_what_its_stream_has_and_passes_over_the_rest(bench, source, ids) -> None:
    bench.start(table(source=source))
    bench.host("h")
    bench.commit(("a", UP))
    bench.run()
    assert bench.recorder.ids == ids
    assert bookmark(bench).cursor == 2


def test_it_may_begin_with_all_that_the_log_has(bench: Bench) -> None:
    bench.commit(("a", UP), ("b", UP))
    bench.start(table(start="oldest"))
    bench.run()
    assert bench.recorder.ids == ["a.1", "b.1"]


def test_or_with_how_everything_stands(bench: Bench) -> None:
    bench.host("alpha")
    bench.commit(("a", UP))
    bench.commit(("a", DOWN))
    bench.start(table(start="snapshot"))
    bench.commit(("b", UP))
    bench.run()
    assert [(one.kind, one.subject) for one in bench.recorder.items] == [
        ("VdsKnown", "host/alpha"), ("VmKnown", "vm/a"), ("VmAdded", "vm/b"),
    ]  # fmt: skip
    assert json.loads(bench.recorder.items[1].line)["after"] == "Down"


def test_a_beginning_that_was_not_told_whole_is_told_again(bench: Bench) -> None:
    bench.commit(("a", UP), ("b", UP), ("c", UP))
    bench.recorder.answers = [Later("no")] * 50
    bench.start(table(start="snapshot", batch_max=1))
    bench.run(2)
    bench.die()
    assert bookmark(bench).is_new
    bench.recorder.answers = []
    bench.start(table(start="snapshot"))
    bench.run()
    assert [one.subject for one in bench.recorder.items] == ["vm/a", "vm/b", "vm/c"]
    assert not bookmark(bench).is_new
    bench.die()
    bench.start(table(start="snapshot"))
    bench.run()
    assert len(bench.recorder.items) == 3


def test_what_is_not_taken_is_told_again_ever_slower_and_what_comes_waits(bench: Bench) -> None:
    bench.recorder.answers = [Later("no route")] * 4
    (delivery,) = bench.start(table(retry_secs=1.0))
    bench.commit(("a", UP))
    bench.run(0)
    bench.commit(("b", UP))
    bench.run(3)
    assert delivery.ledger.failing_since is not None
    assert delivery.oldest_age_secs == 3
    assert bookmark(bench).failure == "no route"
    bench.run(20)
    assert bench.recorder.tried == [["a.1"]] * 5 + [["b.1"]]
    assert (delivery.ledger.retries, delivery.ledger.sent) == (4, 2)
    assert delivery.ledger.failing_since is None
    assert delivery.oldest_age_secs == 0
    assert (bookmark(bench).failure, bookmark(bench).retries, bookmark(bench).sent) == ("", 4, 2)


def test_it_waits_as_long_as_its_receiver_asks_for_and_no_longer_than_its_bound(bench) -> None:
    bench.recorder.answers = [Later("busy", 50), Later("busy", 9999)]
    bench.start(table(retry_secs_max=100))
    bench.commit(("a", UP))
    bench.run(49.9)
    assert len(bench.recorder.tried) == 1
    bench.run(0.2)
    assert len(bench.recorder.tried) == 2
    bench.run(99)
    assert len(bench.recorder.tried) == 2
    bench.run(2)
    assert bench.recorder.ids == ["a.1"]


def test_a_sink_that_raises_is_tried_again(bench: Bench) -> None:
    bench.recorder.answers = [ValueError("secret"), Later("no")]
    (delivery,) = bench.start(table())
    bench.commit(("a", UP))
    bench.run(10)
    assert bench.recorder.ids == ["a.1"]
    assert delivery.ledger.retries == 2


def test_batches_are_full_but_not_fuller(bench: Bench) -> None:
    bench.start(table(batch_max=4))
    bench.commit(*((f"vm{n}", UP) for n in range(10)))
    bench.run()
    assert [len(batch) for batch in bench.recorder.told] == [4, 4, 2]


def test_nor_larger_than_so_many_bytes_unless_a_single_one_is(bench: Bench) -> None:
    bench.start(table(batch_bytes_max=1024))
    bench.commit(*((f"vm{n}", UP) for n in range(9)), ("x" * 2000, UP), ("last", UP))
    bench.run()
    assert len(bench.recorder.items) == 11
    for batch in bench.recorder.told:
        assert len(batch) == 1 or sum(len(item.line) for item in batch) <= 1024
    assert max(map(len, bench.recorder.told)) > 1


def test_a_batch_waits_for_more_as_long_as_it_was_told(bench: Bench) -> None:
    bench.start(table(batch_secs=2, batch_max=3))
    bench.commit(("a", UP))
    bench.run(1)
    bench.commit(("b", UP))
    bench.run(0.5)
    assert bench.recorder.tried == []
    bench.run(0.6)
    assert bench.recorder.tried == [["a.1", "b.1"]]
    bench.commit(*((f"vm{n}", UP) for n in range(3)))
    bench.run(0)
    assert len(bench.recorder.tried) == 2  # a full one waits for nothing


def test_the_bad_one_is_looked_for_and_becomes_a_dead_letter_and_spares_the_others(bench) -> None:
    bench.recorder.bad, bench.recorder.refusal = {"vm5.1"}, Unreadable("HTTP 400: what?")
    (delivery,) = bench.start(table())
    bench.commit(*((f"vm{n}", UP) for n in range(8)))
    bench.run()
    assert bench.recorder.ids == [f"vm{n}.1" for n in range(8) if n != 5]
    assert [len(ids) for ids in bench.recorder.tried] == [8, 4, 4, 2, 1, 1, 2]
    (letter,) = bench.repository.dead_letters("hook")
    assert (letter.id, letter.reason, letter.cursor, letter.tries) == (
        "vm5.1", "HTTP 400: what?", 6, 1,
    )  # fmt: skip
    assert (delivery.ledger.dead, bookmark(bench).dead, bookmark(bench).cursor) == (1, 1, 8)


def test_a_receiver_that_fails_while_the_bad_one_is_looked_for_is_waited_for(bench: Bench) -> None:
    bench.recorder.bad, bench.recorder.refusal = {"b.1"}, Unreadable("400")
    bench.recorder.answers = [Unreadable("400"), Later("no"), Later("no")]
    bench.start(table())
    bench.commit(("a", UP), ("b", UP), ("c", UP))
    bench.run(20)
    assert bench.recorder.ids == ["a.1", "c.1"]
    assert [one.id for one in bench.repository.dead_letters("hook")] == ["b.1"]


def test_dead_letters_are_told_once_more_when_somebody_asks_for_it(bench: Bench) -> None:
    bench.recorder.bad, bench.recorder.refusal = {"a.1", "b.1"}, Unreadable("400")
    (delivery,) = bench.start(table())
    bench.commit(("a", UP), ("b", UP))
    bench.run()
    bench.recorder.bad = {"b.1"}
    ask(bench, "hook")
    bench.run()
    assert bench.recorder.ids == ["a.1"]
    assert {one.id: one.tries for one in bench.repository.dead_letters("hook")} == {"b.1": 2}
    assert delivery.ledger.dead == 2
    tried = len(bench.recorder.tried)
    bench.run(30)
    assert len(bench.recorder.tried) == tried  # a wish is heeded once
    bench.die()
    bench.start(table())
    bench.run(30)
    assert len(bench.recorder.tried) == tried  # also over a restart


def ask(bench: Bench, name: str) -> None:
    from vurti.repository import bookmarks

    at = bench.clock.wall()
    bench.repository._in_transaction(
        lambda connection: bookmarks.ask(connection, "system", name, at)
    )


def test_a_sink_in_a_long_wait_tries_again_at_once_when_somebody_asks_for_it(bench) -> None:
    bench.recorder.answers = [Later("down", 250)]
    bench.start(table())
    bench.commit(("a", UP))
    bench.run(5)
    ask(bench, "hook")
    bench.run(5)
    assert bench.recorder.ids == ["a.1"]


def test_contract_8_a_sink_that_died_goes_on_where_it_had_kept_its_place(bench: Bench) -> None:
    bench.start(table())
    bench.commit(("a", UP))
    bench.run(2)
    for vm in "bc":
        bench.commit((vm, UP))
        bench.run(0)  # the place behind c is not kept yet
    bench.die()
    bench.commit(("d", UP))
    bench.start(table())
    bench.run()
    assert bench.recorder.ids == ["a.1", "b.1", "c.1", "c.1", "d.1"]
    assert bookmark(bench).cursor == 4


def test_a_clean_end_tells_what_is_committed_and_keeps_the_place(bench: Bench) -> None:
    bench.start(table())
    bench.commit(*((f"vm{n}", UP) for n in range(250)))
    sinks, bench.sinks = bench.sinks, None
    bench.clock.spawn(sinks.close)
    bench.run(1)
    assert len(bench.recorder.ids) == 250
    assert (bookmark(bench).cursor, bench.recorder.closed) == (250, 1)


def test_a_clean_end_does_not_wait_for_a_receiver_that_is_away(bench: Bench) -> None:
    bench.recorder.answers = [Later("down")] * 100
    bench.start(table())
    bench.commit(("a", UP))
    bench.run(1)
    sinks, bench.sinks = bench.sinks, None
    done = []
    bench.clock.spawn(lambda: (sinks.close(), done.append(bench.clock.now())))
    bench.run(10)
    assert done == [1.0]
    assert bookmark(bench).cursor == 0


def test_one_that_is_not_taken_from_delays_no_other(bench: Bench, recorders) -> None:
    recorders["bad"] = Recorder(*[Later("down")] * 1000)
    bench.start(table("bad"), table())
    for n in range(20):
        bench.commit((f"vm{n}", UP))
        bench.run(0.5)
        assert len(bench.recorder.ids) == n + 1
    assert recorders["bad"].ids == []


def test_a_sink_with_nobody_to_tell_ends(bench: Bench) -> None:
    bench.recorder.answers = [Over("closed")]
    (delivery,) = bench.start(table())
    bench.commit(("a", UP))
    bench.run(1)
    bench.commit(("b", UP))
    bench.run(5)
    assert (delivery.over, len(bench.recorder.tried), bookmark(bench).cursor) == (True, 1, 0)


def test_what_the_log_has_forgotten_is_a_marked_gap_and_then_how_everything_stands(bench) -> None:
    bench.repository._retention = Retention(log_rows_max=2, unread_rows_max=3)
    bench.start(table())
    bench.run(2)
    bench.die()
    for n, status in enumerate((UP, DOWN, UP, DOWN, UP, DOWN)):
        bench.commit(("a", status), (f"b{n}", UP))
    while bench.repository.prune():
        pass
    assert bookmark(bench).lost == 9
    bench.start(table())
    bench.run(0.1)
    bench.commit(("a", UP))
    bench.run()
    gap, *rest = bench.recorder.items
    assert (gap.kind, gap.subject, gap.id) == ("LogForgotten", "log", "system.forgotten.1-9")
    assert json.loads(gap.line) | {"first": 1, "last": 9, "events": 9} == json.loads(gap.line)
    assert [one.kind for one in rest] == ["VmKnown"] * 7 + ["VmStateChanged"]
    assert len({one.id for one in bench.recorder.items}) == 9
    assert (bookmark(bench).cursor, bookmark(bench).lost) == (13, 9)


def test_a_gap_may_also_be_only_marked(bench: Bench) -> None:
    bench.repository._retention = Retention(log_rows_max=1, unread_rows_max=1)
    bench.start(table(on_gap="skip"))
    bench.die()
    bench.commit(("a", UP), ("b", UP), ("c", UP))
    bench.repository.prune()
    bench.start(table(on_gap="skip"))
    bench.run()
    assert [one.kind for one in bench.recorder.items] == ["LogForgotten", "VmAdded"]
    assert bench.recorder.ids[1] == "c.1"


def test_a_gap_that_could_not_be_told_is_told_again(bench: Bench) -> None:
    bench.repository._retention = Retention(log_rows_max=1, unread_rows_max=1)
    bench.start(table(on_gap="skip"))
    bench.die()
    bench.commit(("a", UP), ("b", UP), ("c", UP))
    bench.repository.prune()
    bench.recorder.answers = [Later("down")] * 9
    bench.start(table(on_gap="skip"))
    bench.run(5)
    bench.die()
    bench.recorder.answers = []
    bench.start(table(on_gap="skip"))
    bench.run()
    assert [one.kind for one in bench.recorder.items] == ["LogForgotten", "VmAdded"]


def test_while_the_store_refuses_nothing_is_lost_and_it_goes_on(bench: Bench, monkeypatch) -> None:
    (delivery,) = bench.start(table())
    placed = bench.repository.placed

    def refuse(*_: object) -> None:
        raise StoreError("it is away")

    monkeypatch.setattr(bench.repository, "placed", refuse)
    bench.commit(("a", UP))
    bench.run(5)
    assert bench.recorder.ids == []
    monkeypatch.setattr(bench.repository, "placed", placed)
    bench.run(20)
    assert bench.recorder.ids == ["a.1"]
    assert delivery.ledger.failing_since is None


def test_contract_10_a_sink_on_a_quiet_fleet_writes_nothing(bench: Bench, monkeypatch) -> None:
    bench.start(table())
    bench.commit(("a", UP))
    bench.run(10)
    written = []
    write = bench.repository._in_transaction
    monkeypatch.setattr(
        bench.repository, "_in_transaction", lambda action: (written.append(1), write(action))[1]
    )
    bench.run(600)
    assert written == []


def test_a_sink_of_another_name_begins_anew_and_the_old_one_is_kept_for_a_while(bench) -> None:
    bench.start(table())
    bench.commit(("a", UP))
    bench.run()
    bench.die()
    bench.start(table("other"))
    bench.run()
    assert [(one.name, one.gone_at is None) for one in bench.repository.bookmarks()] == [
        ("hook", False), ("other", True),
    ]  # fmt: skip
    bench.die()
    bench.commit(("b", UP))
    bench.start(table())
    bench.run()
    assert bench.recorder.ids == ["a.1", "b.1"]


def test_each_scope_has_a_place_of_its_own_and_all_tell_one_sink(bench: Bench) -> None:
    west = bench.repository.another("west")
    west.start()
    (delivery,) = bench.start(table())
    assert bench.sinks is not None
    bench.sinks.join(west)  # as where a cluster comes while vurti runs
    bench.commit(("a", UP))
    told = event(None, Vm("w"), id="west.w.1", seq=1, seq_first=1)
    west.commit(Commit(1, 1, events=(told,)), bench.clock.wall())
    bench.sinks.committed()
    bench.run()
    assert sorted(bench.recorder.ids) == ["a.1", "west.w.1"]
    assert {item.scope for item in bench.recorder.items} == {"system", "west"}
    assert [one.scope for one in bench.sinks.deliveries] == ["system", "west"]
    assert [one.cursor for one in (bookmark(bench), *west.bookmarks())] == [1, 1]
    assert delivery.behind == 0


def test_a_scope_that_comes_while_the_store_refuses_is_told_of_later(bench, monkeypatch) -> None:
    west = bench.repository.another("west")
    west.start()
    bench.start(table(start="oldest"))

    def refuse(_names: object) -> None:
        raise StoreError("it is away")

    with monkeypatch.context() as patch:
        patch.setattr(west.readers, "keep_only", refuse)
        bench.sinks.join(west)
        bench.run(1)
    told = event(None, Vm("w"), id="west.w.1", seq=1, seq_first=1)
    west.commit(Commit(1, 1, events=(told,)))
    bench.run(20)
    assert bench.recorder.ids == ["west.w.1"]


def test_a_scope_without_hosts_is_opened_again_until_its_events_are_told(bench: Bench) -> None:
    west = bench.repository.another("west")
    west.start()
    west.readers.keep(Bookmark(name="hook", kind="recorder", stream="events", cursor=0))
    assert bench.repository.scopes() == []
    told = event(None, Vm("w"), id="west.w.1", seq=1, seq_first=1)
    west.commit(Commit(1, 1, events=(told,)))
    assert bench.repository.scopes() == ["west"]
    west.readers.keep(Bookmark(name="hook", kind="recorder", stream="events", cursor=1))
    assert bench.repository.scopes() == []


def test_a_snapshot_of_a_large_fleet_is_made_as_it_is_told(bench: Bench) -> None:
    bench.commit(*((f"vm{n:04}", UP) for n in range(2500)))
    bench.recorder.answers = [Taken(), Later("no", 1000)]
    (delivery,) = bench.start(table(start="snapshot", batch_max=100))
    bench.run(5)
    assert len(bench.recorder.ids) == 100
    assert len(delivery._untold) == 100
    assert bookmark(bench).is_new
