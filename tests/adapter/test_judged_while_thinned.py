"""While hosts are asked seldom, none of them is judged by that (contract 13)."""

from collections.abc import Callable, Iterator

import pytest

from vurti import PushAdapter
from vurti.clock.virtual_clock import VirtualClock
from vurti.config import Config
from vurti.decide import Rules
from vurti.errors import StoreError
from vurti.events import Event
from vurti.model import (
    Host,
    Miss,
    Missed,
    Poll,
    Push,
    Question,
    Snapshot,
    VdsCapabilities,
    VdsCapabilitiesAnswer,
    VdsStatistics,
    VdsStatisticsAnswer,
    VdsStatus,
    VmReport,
    VmStatesAnswer,
    VmStatus,
)
from vurti.model.commit import Commit
from vurti.repository import open_repository
from vurti.repository.settings import RepositorySettings
from vurti.streams.poll_settings import PollSettings

SLEEPY_SECS = 4.0
ANSWERS = {
    Question.CAPABILITIES: VdsCapabilitiesAnswer(VdsCapabilities()),
    Question.VDS_STATISTICS: VdsStatisticsAnswer(VdsStatistics()),
}


class Sleepy:
    """A host that misses each question that comes after some quiet, and answers the next."""

    questions = frozenset({Question.VMS, *ANSWERS})

    def __init__(self, clock: VirtualClock) -> None:
        self.clock, self.asked, self.missed = clock, 0, 0
        self._asked_at = clock.now()

    def open(self, on_push: Callable[[Push], None], on_resync: Callable[[str], None]) -> None: ...

    def close(self) -> None: ...

    def pushing(self, host: str) -> bool:
        return False

    def fetch(
        self, host: str, question: Question, timeout_secs: float, vms: tuple[str, ...] = ()
    ) -> Poll:
        started = self.clock.now()
        asleep = started > self._asked_at + SLEEPY_SECS
        self._asked_at, self.asked = started, self.asked + 1
        if asleep:
            self.missed += 1
            return Missed(host, question, Miss.NETWORK, "reset", started)
        status = VmStatus.UP if self.asked % 2 else VmStatus.PAUSED  # there is always something new
        states = VmStatesAnswer({f"vm of {host}": VmReport(status=status)})
        return Snapshot(host, started, ANSWERS.get(question, states))


class Gone:
    """A store that takes nothing after its first minute."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self._store = open_repository("sqlite://", "system", clock.worker(), wall=clock.wall)

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    def commit(self, commit: Commit, committed_at: float | None = None) -> int:
        if self._clock.now() > 60.0:
            raise StoreError("gone")
        return self._store.commit(commit, committed_at)


@pytest.fixture
def clock() -> Iterator[VirtualClock]:
    clock = VirtualClock()
    yield clock
    assert clock.errors == []
    assert clock.stray() == []


@pytest.mark.slow
def test_contract_13_a_host_that_was_asked_too_seldom_is_not_nonresponsive(
    clock: VirtualClock,
) -> None:
    """It misses every question that comes after our own pause, and would answer the next one."""
    endpoints = dict[str, Sleepy]()
    told = list[Event]()
    config = Config(
        hosts=tuple(Host(f"h{number}", "sim://h") for number in range(3)),
        poll=PollSettings(status_secs=1.0, statistics_secs=30.0, thinned_secs_max=20.0),
        rules=Rules(grace_secs=10, grace_per_vm_secs=0, attempts_max=1, quiet_secs=0,
                    mass_loss_percent=100),
        repository=RepositorySettings(waiting_max=1),
    )  # fmt: skip

    def endpoint(host: Host, _clock: object) -> Sleepy:
        return endpoints.setdefault(host.id, Sleepy(clock))

    with PushAdapter(config, clock=clock, endpoints=endpoint, repository=Gone(clock)) as adapter:
        adapter["hosts"].subscribe(told.append)
        adapter.run(60.0)
        before = {name: one.missed for name, one in endpoints.items()}
        adapter.run(600.0)
        assert adapter.writing.demand() == 0.0
        thinned = adapter.watching.subscriptions.counts()["thinned"]
        adapter.stop()
    assert thinned > 600
    for name, one in endpoints.items():
        assert one.missed - before[name] > 15
    statuses = {one.after.status for one in told if one.after is not None}
    assert VdsStatus.CONNECTING in statuses
    assert VdsStatus.NON_RESPONSIVE not in statuses
