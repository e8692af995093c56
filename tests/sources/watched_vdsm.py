"""An endpoint of the source for vdsm, watched by a test."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.sources.scripted_vdsm import Vdsm, serving
from vurti.clock.gevent_clock import GeventClock
from vurti.model import Host, Missed, Push, Question, Snapshot
from vurti.sources.vdsm import VdsmOptions
from vurti.sources.vdsm.endpoint import VdsmEndpoint

QUICK = {"connect_secs": 1.0, "retry_secs": 0.05, "retry_secs_max": 0.1, "heartbeat_secs": 1.0}


class Watched:
    """An endpoint, and what it told by itself."""

    def __init__(self, url: str, **options: object) -> None:
        known = VdsmOptions.model_validate({**QUICK, **options})
        self.pushes: list[Push] = []
        self.resyncs = 0
        self.endpoint = VdsmEndpoint(Host("h", url), GeventClock(), known, random.Random(1))
        self.endpoint.open(self.pushes.append, self._resync)

    def _resync(self, host: str) -> None:
        assert host == "h"
        self.resyncs += 1

    def ask(self, question: Question = Question.VMS, secs: float = 5.0) -> Any:
        poll = self.endpoint.fetch("h", question, secs)
        assert isinstance(poll, Snapshot), poll
        return poll.answer

    def miss(
        self, question: Question = Question.VMS, secs: float = 5.0, vms: tuple[str, ...] = ()
    ) -> Missed:
        poll = self.endpoint.fetch("h", question, secs, vms)
        assert isinstance(poll, Missed), poll
        return poll


@contextmanager
def watching(host: Vdsm, **options: object) -> Iterator[Watched]:
    with serving(host):
        watched = Watched(host.url, **options)
        try:
            yield watched
        finally:
            watched.endpoint.close()
