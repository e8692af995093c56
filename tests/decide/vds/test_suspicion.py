"""When vurti suspects itself, nobody is judged (contract 13)."""

import pytest

from vurti.decide import Rules
from vurti.events import Mark
from vurti.model import (
    Cluster,
    Host,
    IntentKind,
    IntentState,
    Miss,
    Reload,
    Suspected,
    Suspicion,
    Vds,
    VdsStatus,
    Vm,
    VmStatus,
)
from vurti.testing.fold import Fold

H = VdsStatus


def fleet(count: int, rules: Rules | None = None) -> Fold:
    """Hosts that are Up, all heard a moment ago, long after the start."""
    names = [f"h{number}" for number in range(count)]
    chosen = rules or Rules(intents=tuple(IntentKind))
    vms = [Vm("v", status=VmStatus.UP, run_on="h0")]
    fold = Fold(*vms, hosts=[Vds(name, status=H.UP) for name in names], rules=chosen)
    fold.wait(600)
    for name in names:
        fold.poll(name, **({"v": VmStatus.UP} if name == "h0" else {}))
    return fold


def lose(fold: Fold, *hosts: str, secs: float = 90, every: float = 5) -> None:
    """They are silent for so long."""
    for _ in range(int(secs / every)):
        for host in hosts:
            fold.miss(host, Miss.TIMEOUT)
        fold.wait(every - len(hosts))


def status(fold: Fold, host: str) -> VdsStatus:
    known = fold.vds(host)
    assert known is not None
    return known.status


def marks(fold: Fold, host: str) -> list[Mark]:
    return [mark for event in fold.events if event.thing == host for mark in event.marks]


def open_intents(fold: Fold) -> set[tuple[str, str]]:
    return {(one.kind.value, one.thing) for one in fold.view.intents}


def test_contract_13_half_of_the_fleet_lost_at_once_is_held_and_says_so_once() -> None:
    fold = fleet(4)
    lose(fold, "h0", "h1")
    assert {status(fold, host) for host in ("h0", "h1")} == {H.CONNECTING}
    assert fold.vm("v").status is VmStatus.UP
    assert marks(fold, "h0").count(Mark.JUDGEMENT_HELD) == 1
    assert open_intents(fold) == set()


def test_what_is_held_is_judged_once_the_others_are_back() -> None:
    fold = fleet(4)
    lose(fold, "h0", "h1")
    for answer in (fold.caps, fold.stats):
        answer("h1")
    fold.miss("h0", Miss.TIMEOUT)
    assert status(fold, "h0") is H.NON_RESPONSIVE
    assert fold.vm("v").status is VmStatus.UNKNOWN


@pytest.mark.parametrize(("count", "held"), [(3, False), (4, True), (5, False)])
def test_two_of_a_fleet_are_judged_where_they_are_few_or_it_is_small(
    count: int, held: bool
) -> None:
    fold = fleet(count)
    lose(fold, "h0", "h1")
    assert (status(fold, "h1") is H.CONNECTING) is held


def test_hosts_that_are_given_up_already_do_not_hold_the_others() -> None:
    fold = fleet(5)
    lose(fold, "h0")
    lose(fold, "h1")
    lose(fold, "h2", secs=120)
    assert {status(fold, host) for host in ("h0", "h1", "h2")} == {H.NON_RESPONSIVE}


def test_contract_13_what_timed_out_while_vurti_stood_still_counts_for_nothing() -> None:
    fold = fleet(5)
    for _ in range(3):
        fold.miss("h0", Miss.TIMEOUT)
    fold.wait(20)
    fold.give(Suspicion(Suspected.STALL, 30))
    assert fold.view.heard("h0").failures == 0
    fold.miss("h0", Miss.TIMEOUT, started=fold.at - 3)
    assert fold.view.heard("h0").failures == 0


def test_contract_13_nobody_is_judged_soon_after_a_suspicion() -> None:
    fold = fleet(5)
    lose(fold, "h0", secs=50)
    fold.give(Suspicion(Suspected.NETWORK, 10))
    fold.wait(20)
    fold.miss("h0", Miss.TIMEOUT)
    assert status(fold, "h0") is H.CONNECTING
    fold.wait(10)
    assert status(fold, "h0") is H.NON_RESPONSIVE


def test_contract_13_a_suspicion_takes_fencing_back() -> None:
    fold = fleet(5)
    lose(fold, "h0")
    assert ("fence_host", "h0") in open_intents(fold)
    decision = fold.give(Suspicion(Suspected.STALL, 10))
    assert [one.state for one in decision.intents] == [IntentState.WITHDRAWN]


def test_fencing_is_taken_back_when_the_host_answers() -> None:
    fold = fleet(5)
    lose(fold, "h0")
    fold.caps("h0")
    fold.stats("h0")
    assert open_intents(fold) == set()


def test_fencing_is_asked_for_once_for_each_loss() -> None:
    fold = fleet(5)
    lose(fold, "h0", secs=2000, every=50)
    raised = [one for decision in fold.decisions for one in decision.intents]
    fences = [one for one in raised if one.kind is IntentKind.FENCE_HOST]
    assert [one.state.value for one in fences] == ["open", "expired"]


@pytest.mark.parametrize(
    ("cluster", "fenced"),
    [
        (Cluster(""), True),
        (Cluster("", fencing=False), False),
        (Cluster("", broken_connectivity_percent=20), False),
        (Cluster("", broken_connectivity_percent=21), True),
    ],
)
def test_a_cluster_may_not_want_fencing(cluster: Cluster, fenced: bool) -> None:
    fold = fleet(5)
    hosts = tuple(Host(f"h{number}") for number in range(5))
    fold.give(Reload(hosts, clusters=(cluster,)))
    lose(fold, "h0")
    assert (("fence_host", "h0") in open_intents(fold)) is fenced
