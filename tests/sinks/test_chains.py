"""A sink behind a chain: in the log's time, its place held back, the same again after a death."""

from random import Random

import pytest

from tests.sinks.conftest import Bench, Recorder, table
from vurti.binding.sinks import wired_of
from vurti.model import VmStatus
from vurti.sinks import Later, Wired
from vurti.streams.around import NOTHING_KNOWN
from vurti.streams.chain import read
from vurti.streams.definition import Definition

UP, DOWN, PAUSED = VmStatus.UP, VmStatus.DOWN, VmStatus.PAUSED


def wired(*steps: dict[str, object]) -> Wired:
    made, flaws = read(steps)
    assert not flaws
    found = wired_of("mine", {"mine": Definition(("vms",), made)}, NOTHING_KNOWN)
    assert found is not None
    return found


SETTLE = {"op": "settle", "secs": 5.0}


def test_what_does_not_last_is_not_told_and_what_does_is_told_in_its_time(bench: Bench) -> None:
    bench.start(table(source="mine", wired=wired(SETTLE)))
    bench.commit(("a", UP))
    bench.run(10)
    bench.commit(("a", PAUSED))
    bench.run(2)
    bench.commit(("a", UP))
    bench.run(10)
    bench.commit(("a", DOWN))
    bench.run(4.9)
    assert [item.kind for item in bench.recorder.items] == ["VmAdded"]
    bench.run(1)
    assert [item.kind for item in bench.recorder.items] == ["VmAdded", "VmStateChanged"]


def test_the_place_is_held_back_to_what_the_chain_still_holds(bench: Bench) -> None:
    (delivery,) = bench.start(table(source="mine", wired=wired(SETTLE)))
    bench.commit(("a", UP))
    bench.run(3)
    bench.commit(("b", UP))
    for secs, held_to in ((1, 0), (2, 1), (3, 2)):
        bench.run(secs)
        (bookmark,) = bench.repository.bookmarks()
        assert (bookmark.cursor, delivery.feed.read) == (held_to, 2)


def test_a_clock_that_is_set_back_delays_nothing(bench: Bench) -> None:
    bench.start(table(source="mine", wired=wired(SETTLE)))
    bench.commit(("a", UP))
    bench.clock.step_wall(-3600)
    bench.run(6)
    assert bench.recorder.ids == ["a.1"]
    bench.commit(("a", DOWN))
    bench.run(6)
    assert bench.recorder.ids == ["a.1", "a.2"]


def test_hosts_wake_no_chain_of_vms(bench: Bench) -> None:
    (delivery,) = bench.start(table(source="mine", wired=wired(SETTLE)))
    bench.host("alpha")
    bench.run(2)
    assert delivery.feed.place() == (1, {})


CHAINS = {
    "settle": wired(SETTLE),
    "window": wired({"op": "window", "secs": 7.0}),
    "settle, sample": wired({"op": "settle", "secs": 2.0}, {"op": "sample", "secs": 9.0}),
    "dampen": wired({"op": "dampen", "events_max": 2, "secs": 6.0}),
    "count": wired({"op": "count", "secs": 10.0, "by": ["kind"]}),
    "settle, where": wired(SETTLE, {"op": "where", "condition": "status == 'Down'"}),
}


def steps(dice: Random) -> list[tuple[float, list[tuple[str, VmStatus | None]]]]:
    """When which VMs change: pauses, and commits of several."""
    found, known = [], dict[str, VmStatus]()
    for _ in range(dice.randint(1, 20)):
        things = []
        for vm in dice.sample("abcd", dice.randint(0, 2)):
            status = dice.choice([one for one in (UP, DOWN, PAUSED) if one is not known.get(vm)])
            gone = vm in known and dice.random() < 0.2
            things.append((vm, None if gone else status))
            if gone:
                del known[vm]
            else:
                known[vm] = status
        found.append((dice.choice((0.0, 0.3, 1.0, 2.5, 6.0)), things))
    return found


def lived(chain: Wired, story, deaths: Random | None) -> list[tuple[str, str]]:
    """Ids and lines in the order of their first coming, of a sink that dies now and then."""
    bench, recorder = Bench(), Recorder()
    try:
        begin(bench, recorder, chain)
        for secs, things in story:
            if deaths is not None and deaths.random() < 0.4:
                alive = deaths.uniform(0, secs)
                bench.run(alive)
                bench.die()
                recorder.answers = [Later("no")] * deaths.randint(0, 2)
                begin(bench, recorder, chain)
                secs -= alive
            bench.run(secs)
            if things:
                bench.commit(*things)
        bench.run(30)
        contents: dict[str, str] = {}
        for item in recorder.items:
            assert contents.setdefault(item.id, item.line) == item.line
        bench.die()
        assert not bench.clock.errors
        return list(contents.items())
    finally:
        bench.repository.close()


def begin(bench: Bench, recorder: Recorder, chain: Wired) -> None:
    made = table(source="mine", wired=chain, start="oldest", retry_secs=0.2, batch_max=3)
    with pytest.MonkeyPatch.context() as patch:
        kind = type("Kind", (), {"open": staticmethod(lambda _name, _settings: recorder)})
        patch.setattr("vurti.sinks.sinks.kind_named", lambda _name: kind)
        bench.start(made)


@pytest.mark.parametrize("name", CHAINS)
def test_contract_7_a_sink_behind_a_chain_that_dies_has_told_all_under_the_same_ids(name) -> None:
    for seed in range(5):
        story = steps(Random(seed))
        undying = lived(CHAINS[name], story, None)
        assert lived(CHAINS[name], story, Random(seed)) == undying, f"seed {seed}"
