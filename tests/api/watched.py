"""A fleet in virtual time, whose hosts may hang in ways that no time-out ends."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vurti import PushAdapter
from vurti.api.health import Health
from vurti.api.progress import Progress
from vurti.clock import Clock, Timeout
from vurti.clock.virtual_clock import VirtualClock
from vurti.config import Config
from vurti.model import Host, Poll, Question
from vurti.repository.settings import RepositorySettings
from vurti.sources import SourceOptions, open_endpoint
from vurti.sources.sim import SimOptions, demo_fleet
from vurti.streams.endpoint import Endpoint
from vurti.streams.poll_settings import PollSettings


class Deaf:
    """A host whose source takes our time-out for its own: who asks it waits for ever."""

    def __init__(self, inner: Endpoint, clock: Clock, fleet: "Fleet") -> None:
        self._inner, self._clock, self._fleet = inner, clock, fleet
        self.questions, self.pushing = inner.questions, inner.pushing
        self.open, self.close = inner.open, inner.close

    def fetch(
        self, host: str, question: Question, timeout_secs: float, vms: tuple[str, ...] = ()
    ) -> Poll:
        while host in self._fleet.deaf:
            try:
                self._clock.sleep_until(self._clock.now() + 1)
            except Timeout:
                continue
        return self._inner.fetch(host, question, timeout_secs, vms)


class Fleet:
    """Hosts on which nothing happens by itself, without a `pace`; those in `deaf` hang from then
    on."""

    def __init__(
        self, home: Path, hosts: tuple[Host, ...] | None = None, pace: float = 0.0
    ) -> None:
        self.clock = VirtualClock()
        self.deaf: set[str] = set()
        found, sim = demo_fleet(4 if hosts is None else max(len(hosts), 1), 3, seed=5)
        self.sim: SimOptions = sim.model_copy(update={"pace": pace})
        self.config = Config(
            hosts=found if hosts is None else hosts,
            poll=PollSettings(status_secs=1.0),
            repository=RepositorySettings(url=f"sqlite:///{home / 'vurti.db'}"),
            sources=SourceOptions(sim=self.sim),
        )

    @contextmanager
    def watched(self) -> Iterator[tuple[PushAdapter, Health, Progress]]:
        """An adapter that has not run yet, and what tells of its health."""
        with PushAdapter(self.config, clock=self.clock, endpoints=self._endpoint) as adapter:
            progress = Progress(adapter, self.config.poll)
            progress.start()
            try:
                yield adapter, Health(adapter, progress), progress
            finally:
                progress.close()

    def _endpoint(self, host: Host, clock: Clock) -> Endpoint:
        return Deaf(open_endpoint(host, clock, self.config.sources), clock, self)
