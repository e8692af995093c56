"""A sink of intents tells what a manager should do, once it is stored and only while it is so."""

import json

from msgspec.structs import replace

from tests.sinks.conftest import Bench, table
from vurti.model import Intent, IntentKind, IntentState
from vurti.sinks import Later


def intent(bench: Bench, id_: str, secs: float = 100.0, **more: object) -> Intent:
    now = bench.clock.wall()
    one = Intent(id_, IntentKind.RESTART_VM, "vm1", now, now + secs, based_on=7, reason="lost")
    return replace(one, **more)


def ended(bench: Bench, one: Intent, state: IntentState = IntentState.WITHDRAWN) -> Intent:
    return replace(one, state=state, ended_at=bench.clock.wall())


def told(bench: Bench) -> list[tuple[str, str]]:
    return [(item.kind, json.loads(item.line)["intent"]) for item in bench.recorder.items]


def test_what_is_raised_is_told_and_so_is_its_end(bench: Bench) -> None:
    bench.start(table(source="intents"))
    one = intent(bench, "i1")
    bench.commit(intents=[one])
    bench.run(1)
    bench.commit(intents=[ended(bench, one)])
    bench.run(1)
    assert told(bench) == [("IntentRaised", "i1"), ("IntentWithdrawn", "i1")]
    first, last = bench.recorder.items
    line = json.loads(first.line)
    assert (line["act"], line["vm"], line["based_on"], line["reason"]) == (
        "restart_vm", "vm1", 7, "lost",
    )  # fmt: skip
    assert (first.id, first.subject) == ("i1", "vm/vm1")
    assert last.id != first.id
    assert "ended_at" in json.loads(last.line)


def test_one_upon_a_host_is_about_the_host(bench: Bench) -> None:
    bench.start(table(source="intents"))
    bench.commit(intents=[intent(bench, "i1", kind=IntentKind.FENCE_HOST, thing="alpha")])
    bench.run(1)
    (item,) = bench.recorder.items
    assert (item.subject, json.loads(item.line)["host"]) == ("host/alpha", "alpha")


def test_a_new_sink_begins_with_those_that_are_open(bench: Bench) -> None:
    old, new = intent(bench, "i1"), intent(bench, "i2")
    bench.commit(intents=[old, new])
    bench.commit(intents=[ended(bench, old)])
    (delivery,) = bench.start(table(source="intents"))
    bench.run(1)
    assert told(bench) == [("IntentRaised", "i2")]
    assert delivery.ledger.dropped(delivery.feed) == 0


def test_contract_8_an_intent_whose_time_is_over_is_dropped_and_counted(bench: Bench) -> None:
    bench.recorder.answers = [Later("down", 60)]
    (delivery,) = bench.start(table(source="intents", batch_max=1))
    bench.commit(intents=[intent(bench, "i1", 1000)])
    bench.run(1)
    bench.commit(intents=[intent(bench, "i2", 30), intent(bench, "i3", 1000)])
    bench.run(100)
    assert told(bench) == [("IntentRaised", "i1"), ("IntentRaised", "i3")]
    assert delivery.ledger.dropped(delivery.feed) == 1
    (bookmark,) = bench.repository.bookmarks()
    assert bookmark.dropped == 1


def test_contract_8_one_that_ended_before_anybody_was_told_is_dropped_and_counted(bench) -> None:
    bench.recorder.answers = [Later("down", 60)]
    (delivery,) = bench.start(table(source="intents", batch_max=1))
    bench.commit(intents=[intent(bench, "i1", 1000)])
    bench.run(1)
    one = intent(bench, "i2", 1000)
    bench.commit(intents=[one])
    bench.run(1)
    bench.commit(intents=[ended(bench, one)])
    bench.run(100)
    assert told(bench) == [("IntentRaised", "i1")]
    assert delivery.ledger.dropped(delivery.feed) == 1


def test_after_a_death_an_end_is_told_though_it_may_not_be_known_that_it_was_raised(bench) -> None:
    bench.start(table(source="intents"))
    bench.run(2)
    one, two = intent(bench, "i1", 1000), intent(bench, "i2", 1000)
    for raised in (one, two):
        bench.commit(intents=[raised])
        bench.run(0.1)  # told, and the place behind the second is not kept
    bench.die()
    bench.commit(intents=[ended(bench, two)])
    bench.start(table(source="intents"))
    bench.run(1)
    assert told(bench)[-1] == ("IntentWithdrawn", "i2")
    assert ("IntentRaised", "i2") in told(bench)


def test_a_sink_of_intents_holds_no_event_of_the_log(bench: Bench) -> None:
    bench.start(table(source="intents"))
    bench.commit(intents=[intent(bench, "i1")])
    bench.run(2)
    (bookmark,) = bench.repository.bookmarks()
    assert (bookmark.cursor, bookmark.stream) == (1, "intents")
