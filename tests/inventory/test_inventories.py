"""Inventories in virtual time: what they add, what they take away, and what they never do."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from loguru import logger

from vurti.clock.virtual_clock import VirtualClock
from vurti.inventory import Failed, Inventories, Inventory, InventoryDefaults, Listed, Unchanged
from vurti.inventory.answer import Outcome
from vurti.model import Host, VmFacts

RULES = InventoryDefaults(refresh_secs=60)


class Scripted:
    """Gives one outcome after the other, the last for ever; a function is called for it."""

    def __init__(self, *outcomes: Outcome | Callable[[], Outcome]) -> None:
        self.outcomes = list(outcomes)
        self.asked = self.aborted = self.closed = self.agains = 0

    def ask(self) -> Outcome:
        self.asked += 1
        one = self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]
        return one() if callable(one) else one

    def again(self) -> None:
        self.agains += 1

    def abort(self) -> None:
        self.aborted += 1

    def close(self) -> None:
        self.closed += 1


class Fleet:
    """What is watched, by the words of the inventories."""

    def __init__(self, *inventories: Inventory, known: tuple[str, ...] = ()) -> None:
        self.clock = VirtualClock()
        self.told: list[tuple[set[str], bool]] = []
        self.hosts: dict[str, Host] = {}
        self.vms: dict[str, VmFacts] = {}
        self.lines: list[str] = []
        self._sink = logger.add(lambda text: self.lines.append(str(text)), format="{message}")
        logger.enable("vurti")
        self.inventories = Inventories(self.clock, inventories, RULES)
        self.inventories.start(self._watch, known)

    def _watch(self, hosts: Any, vms: Any, clusters: Any, *, keep_others: bool) -> None:
        self.hosts = {host.id: host for host in hosts}
        self.vms = {vm.id: vm for vm in vms}
        self.told.append((set(self.hosts), keep_others))

    @property
    def removes_others(self) -> bool:
        return not self.told[-1][1]

    def run(self, secs: float) -> None:
        self.clock.run(until=self.clock.now() + secs)

    def said(self, words: str) -> int:
        return sum(words in line for line in self.lines)

    def end(self) -> None:
        self.inventories.close()
        logger.remove(self._sink)
        logger.disable("vurti")
        assert self.clock.stray() == []
        assert self.clock.errors == []


@pytest.fixture
def fleet() -> Iterator[Callable[..., Fleet]]:
    made: list[Fleet] = []

    def make(*inventories: Inventory, known: tuple[str, ...] = ()) -> Fleet:
        made.append(Fleet(*inventories, known=known))
        return made[-1]

    yield make
    for one in made:
        one.end()


def told(*ids: str, vms: tuple[str, ...] = (), bad: tuple[str, ...] = (), **more: Any) -> Listed:
    hosts = tuple(Host(id_, f"sim://{id_}", **more) for id_ in ids)
    return Listed(hosts, tuple(VmFacts(vm, ha=True) for vm in vms), bad_hosts=frozenset(bad))


def asked(name: str, *outcomes: Outcome | Callable[[], Outcome]) -> Inventory:
    return Inventory(name, Scripted(*outcomes), RULES)


def configured(*ids: str) -> Inventory:
    return Inventory("configuration", None, RULES, told(*ids))


TEN = tuple(f"h{number}" for number in range(10))


def test_what_an_inventory_adds_changes_and_drops_counts_at_its_next_answer(
    fleet: Callable[..., Fleet],
) -> None:
    one = fleet(asked("cmdb", told(*TEN), told(*TEN[1:], "new", cluster="west")))
    one.run(1)
    assert set(one.hosts) == set(TEN)
    one.run(60)
    assert set(one.hosts) == {*TEN[1:], "new"}
    assert one.hosts["h1"].cluster == "west"


def test_answers_that_say_the_same_are_told_once(fleet: Callable[..., Fleet]) -> None:
    one = fleet(asked("cmdb", told(*TEN), told(*TEN), Unchanged()))
    one.run(1)
    so_far = len(one.told)
    one.run(600)
    assert len(one.told) == so_far


def test_contract_9_nothing_is_removed_before_each_inventory_has_answered_once(
    fleet: Callable[..., Fleet],
) -> None:
    slow = asked("slow", *[Failed("no data base")] * 5, told("b"))
    one = fleet(configured(), asked("quick", told("a")), slow, known=("a", "b"))
    one.run(20)
    assert one.told[-1] == ({"a"}, True)
    one.run(120)
    assert one.told[-1] == ({"a", "b"}, False)


def test_contract_9_a_short_first_answer_must_be_confirmed_before_known_hosts_go(
    fleet: Callable[..., Fleet],
) -> None:
    one = fleet(configured(), asked("cmdb", told("h0")), known=TEN)
    one.run(100)
    assert not one.removes_others
    assert one.inventories.statuses()[-1].held == 9
    assert one.said("were watched before are in no inventory") == 1
    one.run(60)
    assert one.removes_others


def test_a_configuration_alone_is_taken_at_its_word_at_the_start(
    fleet: Callable[..., Fleet],
) -> None:
    one = fleet(configured("a"), known=TEN)
    assert one.told == [({"a"}, False)]


def test_a_failure_removes_nothing_and_is_said_once_in_ten_minutes(
    fleet: Callable[..., Fleet],
) -> None:
    one = fleet(asked("cmdb", told(*TEN), Failed("no data base")))
    one.run(1 + 60 + 590)
    assert set(one.hosts) == set(TEN)
    assert one.said("'cmdb' failed, nothing is removed: 'no data base'") == 1
    (status,) = one.inventories.statuses()
    assert (status.failure, status.failed >= 9) == ("no data base", True)
    one.run(70)
    assert one.said("nothing is removed") == 2


def test_one_that_is_well_again_is_said_to_be(fleet: Callable[..., Fleet]) -> None:
    one = fleet(asked("cmdb", told("a"), Failed("away"), told("a")))
    one.run(200)
    assert one.said("'cmdb' is well again: 1 hosts") == 1
    assert one.inventories.statuses()[0].failure is None


def test_a_sudden_loss_removes_nothing_until_it_is_confirmed(fleet: Callable[..., Fleet]) -> None:
    one = fleet(asked("cmdb", told(*TEN), told("h0")))
    one.run(1 + 60 + 60)
    assert set(one.hosts) == set(TEN)
    assert one.inventories.statuses()[0].held == 9
    assert one.said("lacks 9 of what it had, which stays until 3 answers in a row lack") == 1
    one.run(60)
    assert set(one.hosts) == {"h0"}
    assert one.inventories.statuses()[0].held == 0


def test_an_unchanged_answer_confirms_and_a_failure_neither_does_nor_begins_anew(
    fleet: Callable[..., Fleet],
) -> None:
    one = fleet(asked("cmdb", told(*TEN), told("h0"), Failed("x"), Unchanged(), Unchanged()))
    one.run(1 + 60 + 60 + 6)
    assert set(one.hosts) == set(TEN)
    one.run(60)
    assert set(one.hosts) == {"h0"}


def test_of_two_inventories_that_name_a_host_the_first_counts_and_that_is_said(
    fleet: Callable[..., Fleet],
) -> None:
    first = asked("first", told("a", cluster="one", vms=("v",)))
    second = Listed(
        (Host("a", "sim://a", "two"), Host("b", "sim://b")), (VmFacts("v"), VmFacts("w"))
    )
    one = fleet(first, asked("second", second))
    one.run(300)
    assert {id_: host.cluster for id_, host in one.hosts.items()} == {"a": "one", "b": ""}
    assert {id_: vm.ha for id_, vm in one.vms.items()} == {"v": True, "w": False}
    assert one.said("'second' names 1 hosts that 'first' names before it, whose word counts") == 1


def test_a_host_whose_entry_turns_bad_stays_as_it_was(fleet: Callable[..., Fleet]) -> None:
    one = fleet(asked("cmdb", told("a", "b"), told("b", bad=("a",))))
    one.run(100)
    assert set(one.hosts) == {"a", "b"}


def test_contract_11_an_inventory_that_hangs_is_cut_off_and_delays_no_other(
    fleet: Callable[..., Fleet],
) -> None:
    clock: list[VirtualClock] = []

    def hang() -> Outcome:
        clock[0].sleep_until(clock[0].now() + 10_000)
        return told("never")

    hanging = Scripted(hang)
    one = fleet(Inventory("hanging", hanging, RULES), asked("well", told("a"), told("a", "b")))
    clock.append(one.clock)
    one.run(1 + 60)
    assert set(one.hosts) == {"a", "b"}
    assert hanging.aborted == 1
    assert one.inventories.statuses()[0].failure == "no answer in 30 s"


def test_one_that_raises_is_a_bug_of_ours_and_stays_asked(fleet: Callable[..., Fleet]) -> None:
    def bug() -> Outcome:
        raise ValueError("oh")

    one = fleet(asked("cmdb", bug, told("a")))
    one.run(10)
    assert set(one.hosts) == {"a"}
    assert one.said("inventory 'cmdb' raised") == 1


def test_after_a_failure_it_is_asked_again_soon_then_less_and_less_often(
    fleet: Callable[..., Fleet],
) -> None:
    source = Scripted(Failed("away"))
    one = fleet(Inventory("cmdb", source, RULES))
    asked = []
    for _ in range(5):
        one.run(30)
        asked.append(source.asked)
    assert asked == [3, 4, 5, 5, 6]


def test_one_that_is_asked_on_request_only_is_asked_at_once_then_and_never_by_itself(
    fleet: Callable[..., Fleet],
) -> None:
    source = Scripted(told("a", "b"))
    answers: list[float] = []
    files = Inventory(
        "configuration", source, RULES, told("a"),
        on_answer=lambda: answers.append(one.clock.now()), on_request=True,
    )  # fmt: skip
    one = fleet(files)
    one.run(600)
    assert source.asked == 0
    one.inventories.ask_now()
    one.run(0.1)
    assert (source.asked, source.agains, set(one.hosts)) == (1, 1, {"a", "b"})
    assert answers == [600]
    one.run(600)
    assert source.asked == 1


def test_one_on_request_whose_answer_is_doubted_is_asked_until_it_is_believed(
    fleet: Callable[..., Fleet],
) -> None:
    source = Scripted(told("h0"))
    files = Inventory("configuration", source, RULES, told(*TEN), on_request=True)
    one = fleet(files, known=TEN)
    one.inventories.ask_now()
    one.run(1)
    assert set(one.hosts) == set(TEN)
    one.run(300)
    assert set(one.hosts) == {"h0"}
    assert source.asked == 3


def test_who_asks_does_not_wait_for_the_time_of_an_inventory(
    fleet: Callable[..., Fleet],
) -> None:
    source = Scripted(told("a"), told("a", "b"))
    one = fleet(Inventory("cmdb", source, RULES))
    one.run(5)
    one.inventories.ask_now()
    one.run(0.1)
    assert set(one.hosts) == {"a", "b"}
