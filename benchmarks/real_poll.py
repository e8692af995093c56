"""What one poll of an unchanged host costs in real time, apart from the host's own answer.

An endpoint answers at once with a new answer that says the same, and each poll asks for the next:
beat, guard, stream, sequencer, decide and updaters, on the clock of production. Nothing changes, so
nothing is stored.
"""

import time
from collections.abc import Callable

from vurti.adapter.pipeline import Pipeline
from vurti.clock.gevent_clock import GeventClock
from vurti.decide import Rules
from vurti.model import (
    Absence,
    Decision,
    Host,
    Poll,
    Push,
    Question,
    Reload,
    Snapshot,
    VdsCapabilities,
    VdsCapabilitiesAnswer,
    VdsStatistics,
    VdsStatisticsAnswer,
    VmReport,
    VmStatesAnswer,
    VmStatus,
)
from vurti.model.commit import Loaded
from vurti.streams.poll_settings import PollSettings
from vurti.streams.polls import HostPolls
from vurti.updaters import VdsUpdater, VmUpdater


class AtOnce:
    """An endpoint that never waits."""

    questions = frozenset({Question.VMS})

    def __init__(self, clock: GeventClock, vms: int) -> None:
        self._clock = clock
        self._reports = {f"vm-{number}": _report(number) for number in range(vms)}

    def open(self, on_push: Callable[[Push], None], on_resync: Callable[[str], None]) -> None:
        """Nothing is ever pushed."""

    def fetch(
        self, host: str, question: Question, timeout_secs: float, vms: tuple[str, ...] = ()
    ) -> Poll:
        """The same in a dictionary of its own, as a decoder would give it."""
        answer = VmStatesAnswer(dict(self._reports), absence=Absence.UNEXPLAINED)
        return Snapshot(host, self._clock.now(), answer)

    def pushing(self, host: str) -> bool:
        """It never pushes."""
        return False

    def close(self) -> None:
        """Nothing to end."""


def poll_secs(count: int, vms: int) -> float:
    """Seconds of CPU for one poll, after a tenth of them to warm up."""
    clock, host = GeventClock(), Host(id="host", url="sim://host")
    updaters = (VdsUpdater(clock), VmUpdater(clock))

    def keep(decision: Decision) -> None:
        for updater in updaters:
            updater.on_next(decision)

    loaded = Loaded("system", 1, "fixed")
    pipeline = Pipeline(clock, Rules(), loaded, keep, lambda query: None, print)
    pipeline.put(Reload((host,)))
    for told in (VdsCapabilitiesAnswer(VdsCapabilities()), VdsStatisticsAnswer(VdsStatistics())):
        pipeline.put(Snapshot(host.id, clock.now(), told))  # the host is Up from now on
    polls = HostPolls(
        host, AtOnce(clock, vms), clock, PollSettings(status_secs=3600, statistics_secs=3600)
    )
    done = clock.signal()
    began = 0.0

    def polled(poll: Poll) -> None:
        nonlocal began
        pipeline.put(poll)
        if polls.asked == count // 10:
            began = time.process_time()
        if polls.asked < count + count // 10:
            polls.ask(Question.VMS)
        else:
            done.set()

    following = polls.observable.subscribe(polled)
    polls.ask(Question.VMS)
    done.wait()
    took = time.process_time() - began
    following.dispose()
    pipeline.close()
    return took / count


def _report(number: int) -> VmReport:
    return VmReport(status=VmStatus.UP, name=f"web-{number}")
