"""What an embedder announces is stored when it is told so, and nobody waits for ever."""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from vurti import PushAdapter
from vurti.adapter.inbox import LOOK_SECS
from vurti.adapter.intents import CommittedIntents
from vurti.clock.virtual_clock import VirtualClock
from vurti.config import Config
from vurti.decide import Rules
from vurti.errors import Refused, StoreError
from vurti.events import Event, VmExpectationEnded
from vurti.model import (
    Awaited,
    Cancel,
    Expect,
    Expectation,
    Intent,
    IntentKind,
    IntentState,
    Outcome,
    VmFacts,
)
from vurti.model.commit import Commit, Logged
from vurti.repository import open_for_announcing, open_for_reading
from vurti.repository.settings import RepositorySettings
from vurti.sources import SourceOptions
from vurti.sources.sim import demo_fleet
from vurti.streams.poll_settings import PollSettings

VM, HOST = "vm-1", "host-1"


@pytest.fixture
def clock() -> Iterator[VirtualClock]:
    clock = VirtualClock()
    yield clock
    clock.run(until=clock.now() + 1)
    assert clock.stray() == []
    assert clock.errors == []


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return still(tmp_path)


def still(home: Path, **more: Any) -> Config:
    """Two hosts on which nothing ever happens."""
    hosts, sim = demo_fleet(2, 2, seed=5)
    return Config(
        hosts=hosts,
        poll=PollSettings(status_secs=1.0),
        repository=RepositorySettings(url=f"sqlite:///{home / 'vurti.db'}"),
        sources=SourceOptions(sim=sim.model_copy(update={"pace": 0.0})),
        **more,
    )


def stored(config: Config, ended: bool = True) -> list[Expectation]:
    with open_for_reading(config.repository.url) as reader:
        return list(reader.expectations.list(ended=ended))


def test_when_expect_returns_its_row_is_stored(config: Config, clock: VirtualClock) -> None:
    with PushAdapter(config, clock=clock) as adapter:
        adapter.run(5)
        id_ = adapter.expect("migrate", VM, host="host-2", why="to empty it", secs=60)
        (found,) = stored(config)
        assert (found.id, found.kind, found.thing, found.host) == (
            id_, Awaited.MIGRATE, VM, "host-2",
        )  # fmt: skip
        assert (found.why, found.outcome) == ("to empty it", Outcome.OPEN)
        assert found.expires_at == found.announced_at + 60
        assert clock.now() < 6


def test_it_ends_in_an_event_also_after_a_restart(config: Config, clock: VirtualClock) -> None:
    with PushAdapter(config, clock=clock) as adapter:
        adapter.run(5)
        first = adapter.expect(Awaited.MIGRATE, VM, secs=60)
    told: list[Logged] = []
    with PushAdapter(config, clock=clock, on_committed=told.extend) as adapter:
        second = adapter.expect(Awaited.REBOOT, VM, secs=30)  # also before it runs
        adapter.run(100)
    assert first != second
    assert [(one.id, one.outcome) for one in stored(config)] == [
        (first, Outcome.EXPIRED),
        (second, Outcome.EXPIRED),
    ]
    ends = [one.event for one in told if isinstance(one.event, VmExpectationEnded)]
    assert [event.thing for event in ends] == [VM, VM]


def test_what_is_cancelled_is_stored_as_ended_when_cancel_returns(
    config: Config, clock: VirtualClock
) -> None:
    with PushAdapter(config, clock=clock) as adapter:
        adapter.run(5)
        id_ = adapter.expect(Awaited.MAINTENANCE, HOST)
        adapter.cancel(id_)
        assert [(one.id, one.outcome) for one in stored(config)] == [(id_, Outcome.CANCELLED)]
        with pytest.raises(Refused, match=f"no expectation '{id_}' is open"):
            adapter.cancel(id_)


@pytest.mark.parametrize(
    ("announcement", "why"),
    [
        ({"kind": "reboot", "thing": "nobody"}, "no VM 'nobody' is known"),
        ({"kind": "maintenance", "thing": VM}, f"no host '{VM}' is watched"),
        ({"kind": "start", "thing": "new", "host": "nowhere"}, "no host 'nowhere' is watched"),
        ({"kind": "job", "thing": VM}, "with its id"),
    ],
)
def test_what_cannot_be_waited_for_is_refused_at_once(
    config: Config, clock: VirtualClock, announcement: dict[str, str], why: str
) -> None:
    with PushAdapter(config, clock=clock) as adapter:
        adapter.run(5)
        with pytest.raises(Refused, match=why):
            adapter.expect(**announcement)  # type: ignore[arg-type] # that is the test
    assert stored(config) == []


def test_a_vm_may_be_announced_before_anybody_has_seen_it(
    tmp_path: Path, clock: VirtualClock
) -> None:
    config = still(tmp_path, vms=(VmFacts("planned"),))
    with PushAdapter(config, clock=clock) as adapter:
        adapter.expect("reboot", "planned")  # nothing but the configuration is known yet
        adapter.run(5)
        adapter.expect("start", "brand-new", host=HOST)
        adapter.watch(config.hosts, vms=(VmFacts("listed-since"),))
        adapter.expect("suspend", "listed-since")
        with pytest.raises(Refused, match="no VM 'planned' is known"):
            adapter.expect("suspend", "planned")
    assert [one.thing for one in stored(config)] == ["planned", "brand-new", "listed-since"]


def test_who_is_told_of_commits_is_refused_with_advice_instead_of_waiting_for_ever(
    config: Config, clock: VirtualClock
) -> None:
    refused: list[str] = []

    def listener(_logged: list[Logged]) -> None:
        try:
            adapter.expect("reboot", VM)
        except Refused as error:
            refused.append(str(error))

    with PushAdapter(config, clock=clock, on_committed=listener) as adapter:
        adapter.run(5)
    assert "in a task of its own" in refused[0]


def test_a_subscriber_of_a_stream_may_announce(config: Config, clock: VirtualClock) -> None:
    ids: list[str] = []

    def announce(event: Event) -> None:
        if not ids:
            ids.append(adapter.expect("reboot", event.thing))
            ids.append(stored(config)[0].id)

    with PushAdapter(config, clock=clock) as adapter:
        adapter["vms"].subscribe(announce)
        adapter.run(5)
    assert ids[0] == ids[1]


def test_where_nothing_can_be_stored_expect_says_so_in_time(
    config: Config, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with PushAdapter(config, clock=clock) as adapter:
        adapter.run(5)
        failing = [True]
        commit = adapter.store.commit
        monkeypatch.setattr(adapter.writing, "_commit", _failing(failing, commit))
        before = clock.now()
        with pytest.raises(StoreError, match="was taken in, but not stored within 3 s"):
            adapter.expect("reboot", VM, timeout_secs=3)
        assert clock.now() == before + 3
        failing.clear()
    assert [one.thing for one in stored(config)] == [VM]


def _failing(failing: list[bool], commit: Callable[..., int]) -> Callable[[Commit, float], int]:
    def failed(one: Commit, at: float) -> int:
        if failing:
            raise StoreError("the disk is full")
        return commit(one, at)

    return failed


def test_nobody_waits_for_an_adapter_that_was_closed(config: Config, clock: VirtualClock) -> None:
    adapter = PushAdapter(config, clock=clock)
    with pytest.raises(RuntimeError, match="once the adapter is entered"):
        adapter.expect("reboot", VM)
    with adapter:
        adapter.run(5)
        waiting = clock.spawn(adapter.expect, "reboot", VM)
        clock.sleep_until(clock.now())
    assert waiting.join(clock.now() + 1)
    assert [one.thing for one in stored(config)] == [VM]
    with pytest.raises(Refused, match="vurti has stopped"):
        adapter.expect("reboot", VM)


# From another process, through the store.


@pytest.fixture
def announced(config: Config, clock: VirtualClock) -> Callable[..., str]:
    """Announces as a command does; gives the id of the announcement."""

    def announce(given: Expect | Cancel, keep_secs: float = 600.0) -> str:
        with open_for_announcing(config.repository.url, wall=clock.wall) as announcer:
            return announcer.announce(given, keep_secs).id

    return announce


def left(config: Config, id_: str) -> str | None:
    """What is answered; `gone` where it was taken in."""
    with open_for_announcing(config.repository.url) as announcer:
        found = announcer.find(id_)
        return "gone" if found is None else found.answer


def test_what_another_process_announces_is_taken_in_and_can_be_cancelled_there(
    config: Config, clock: VirtualClock, announced: Callable[..., str]
) -> None:
    with PushAdapter(config, clock=clock) as adapter:
        adapter.run(5)
        one = announced(Expect("x1", Awaited.MIGRATE, VM, announced_at=clock.wall()))
        two = announced(Cancel("x1"))
        three = announced(Expect("x3", Awaited.REBOOT, "nobody"))
        clock.sleep_until(clock.now() + LOOK_SECS + 0.3)
        assert [left(config, id_) for id_ in (one, two)] == ["gone", "gone"]
        assert left(config, three) == "no VM 'nobody' is known"
        assert [(one.id, one.outcome) for one in stored(config)] == [("x1", Outcome.CANCELLED)]


def test_what_was_announced_while_nobody_ran_is_taken_in_at_the_next_start_unless_expired(
    config: Config, clock: VirtualClock, announced: Callable[..., str]
) -> None:
    with PushAdapter(config, clock=clock) as adapter:
        adapter.run(5)
    for id_, keep_secs in (("x1", 5.0), ("x2", 60.0)):
        given = Expect(id_, Awaited.MIGRATE, VM, secs=keep_secs, announced_at=clock.wall())
        announced(given, keep_secs)
    clock.sleep_until(clock.now() + 10)
    with PushAdapter(config, clock=clock) as adapter:
        adapter.run(5)
    assert [one.id for one in stored(config)] == ["x2"]


def test_an_announcement_that_was_taken_in_but_not_stored_is_taken_in_again(
    config: Config,
    clock: VirtualClock,
    announced: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with PushAdapter(config, clock=clock) as adapter:
        adapter.run(5)
        monkeypatch.setattr(adapter.writing, "_commit", _failing([True], adapter.store.commit))
        announced(Expect("x1", Awaited.MIGRATE, VM))
        adapter.run(5)
        assert adapter.promises.inbox.taken == 1  # once, however often it was seen there
    assert stored(config) == []
    with PushAdapter(config, clock=clock) as adapter:
        adapter.run(5)
    assert [one.id for one in stored(config)] == ["x1"]


def test_one_that_cannot_be_read_is_answered_and_stops_no_other(
    config: Config, clock: VirtualClock, announced: Callable[..., str]
) -> None:
    with PushAdapter(config, clock=clock) as adapter:
        adapter.run(5)
        bad = announced(Cancel("x"))
        with open_for_announcing(config.repository.url) as announcer:
            announcer._write(
                lambda connection: connection.execute("update announcement set body = '{'")
            )
        announced(Expect("x1", Awaited.MIGRATE, VM))
        clock.sleep_until(clock.now() + 1)
        assert "unreadable" in (left(config, bad) or "")
        assert [one.id for one in stored(config)] == ["x1"]


def test_contract_10_looking_for_announcements_writes_nothing(
    config: Config, clock: VirtualClock
) -> None:
    with PushAdapter(config, clock=clock) as adapter:
        adapter.run(5)
        database = adapter.store._database.writing()  # type: ignore[attr-defined] # the count is SQLite's own
        before = database.connection().total_changes
        adapter.promises.inbox._look()
        assert database.connection().total_changes == before


# Intents.


def intent(id_: str, kind: IntentKind = IntentKind.RESTART_VM, **more: Any) -> Intent:
    return Intent(id_, kind, VM, 1.0, 9.0, **more)


def test_contract_8_intents_are_told_once_they_are_stored_and_only_those_switched_on() -> None:
    clock, heard = VirtualClock(), []
    known = (intent("a"), intent("b", IntentKind.DESTROY_VM))
    intents = CommittedIntents(clock, known, (IntentKind.RESTART_VM,))
    intents.observable.subscribe(heard.append)
    numbers = itertools.count(1)

    def commit(*some: Intent) -> None:
        number = next(numbers)
        intents.stored(Commit(number, number, intents=some))
        clock.run()

    over = {"state": IntentState.WITHDRAWN, "ended_at": 2.0}
    commit(intent("c"), intent("d", IntentKind.DESTROY_VM))
    commit(intent("b", IntentKind.DESTROY_VM, **over), intent("unheard", **over))
    commit(intent("a", **over))
    assert [(one.id, one.state) for one in heard] == [
        ("a", IntentState.OPEN),
        ("c", IntentState.OPEN),
        ("a", IntentState.WITHDRAWN),
    ]
    late: list[Intent] = []
    intents.observable.subscribe(late.append)
    intents.complete()
    clock.run()
    assert [one.id for one in late] == ["c"]


@pytest.mark.parametrize("switched_on", [(), (IntentKind.RESTART_VM,)])
def test_an_adapter_tells_of_intents_only_what_its_store_has_and_nothing_unless_asked(
    tmp_path: Path, clock: VirtualClock, switched_on: tuple[IntentKind, ...]
) -> None:
    hosts, sim = demo_fleet(8, 6, seed=5)
    facts = tuple(VmFacts(f"vm-{number}", ha=True) for number in range(1, 49))
    config = Config(
        hosts=hosts,
        vms=facts,
        rules=Rules(intents=switched_on),
        repository=RepositorySettings(url=f"sqlite:///{tmp_path / 'vurti.db'}"),
        sources=SourceOptions(sim=sim.model_copy(update={"pace": 3.0})),
    )
    heard: list[Intent] = []

    def listen(one: Intent) -> None:
        with open_for_reading(config.repository.url) as reader:
            found = reader.intents.get(one.id)
        assert found is not None, "told before it was stored"
        heard.append(one)

    with PushAdapter(config, clock=clock) as adapter:
        adapter["intents"].subscribe(listen)
        adapter.run(180)
    assert {one.kind for one in heard} == set(switched_on)
