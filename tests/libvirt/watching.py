"""An endpoint under watch: what it pushed and what polls of it say, in words easy to compare."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, ParamSpec, TypeVar

import gevent
from msgspec import UNSET

from tests.libvirt.machine import Guest
from vurti.clock.gevent_clock import GeventClock
from vurti.model import Host, PauseStatus, Poll, Push, Question, Snapshot, VmReport, VmStatesAnswer
from vurti.sources.libvirt import LibvirtOptions
from vurti.sources.libvirt.endpoint import LibvirtEndpoint

P = ParamSpec("P")
R = TypeVar("R")
WAIT_SECS = 30.0
ABSENT = "absent"


def beside(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Call what blocks (virsh) in a thread, so that the endpoint goes on meanwhile."""
    result: R = gevent.get_hub().threadpool.apply(function, args, kwargs)
    return result


class Watcher(AbstractContextManager["Watcher"]):
    """Opens an endpoint for `url` and remembers all that it says."""

    def __init__(self, url: str, **options: Any) -> None:
        self.endpoint = LibvirtEndpoint(
            Host(id="h", url=url), GeventClock(), LibvirtOptions(**options)
        )
        self.pushes: list[tuple[str, VmReport]] = []
        self.resyncs = 0

    def __enter__(self) -> "Watcher":
        self.endpoint.open(self._on_push, self._on_resync)
        self.until(lambda: self.resyncs, "the first connection")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.endpoint.close()

    def ask(self, question: Question = Question.VMS, secs: float = 5.0) -> Poll:
        return self.endpoint.fetch("h", question, secs)

    def states(self) -> VmStatesAnswer:
        poll = self.ask()
        assert isinstance(poll, Snapshot), poll
        assert isinstance(poll.answer, VmStatesAnswer)
        return poll.answer

    def polled(self, vm: Guest) -> str:
        report = self.states().vms.get(vm.id)
        return words(report) if report is not None else ABSENT

    def said(self, vm: Guest) -> list[str]:
        """What the pushes said of it; what was said twice in a row stands once."""
        return distinct([words(report) for who, report in self.pushes if who == vm.id])

    def until(self, condition: Callable[[], object], what: str, secs: float = WAIT_SECS) -> None:
        with gevent.Timeout(secs, AssertionError(f"{what}: not within {secs:g} s; {self.pushes}")):
            while not condition():
                gevent.sleep(0.02)

    def until_said(self, vm: Guest, last: str) -> list[str]:
        self.until(lambda: self.said(vm)[-1:] == [last], f"{vm.name} said to be {last}")
        return self.said(vm)

    def until_polled(self, vm: Guest, last: str) -> list[str]:
        """What polls in quick succession said of it on the way to `last`."""
        seen = [self.polled(vm)]

        def arrived() -> bool:
            seen.append(self.polled(vm))
            return seen[-1] == last

        self.until(arrived, f"{vm.name} polled as {last}")
        return distinct(seen)

    def _on_push(self, push: Push) -> None:
        self.pushes.extend(push.vms.items())

    def _on_resync(self, host: str) -> None:
        assert host == "h"
        self.resyncs += 1


def words(report: VmReport) -> str:
    """A report as a few words: `Paused ENOSPC`, `Up booted`, `Down Error LostQEMUConnection`."""
    parts = [report.status, report.pause_status, report.begun, report.exit_status]
    parts += [report.exit_reason, report.exit_message or UNSET]
    told = [str(part) for part in parts if part is not UNSET and part is not PauseStatus.NONE]
    if report.rebooted:
        told.append("rebooted")
    if report.watchdog is not UNSET:
        told.append(f"watchdog {report.watchdog}")
    return " ".join(told)


def distinct(texts: list[str]) -> list[str]:
    return [now for past, now in zip([None, *texts], texts, strict=False) if now != past]
