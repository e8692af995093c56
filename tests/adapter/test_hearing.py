"""Kits that speak for hosts give polls and events to the adapter that production runs."""

from collections.abc import Iterator
from typing import Any

import pytest

from vurti import PushAdapter
from vurti.clock.virtual_clock import VirtualClock
from vurti.config import Config
from vurti.events import Event, VdsStateChanged, VmAdded, VmStateChanged
from vurti.model import Host, Question
from vurti.repository.settings import RepositorySettings
from vurti.testing import poll, vds, vm

CONFIG = Config(
    hosts=(Host("alpha", "sim://a"),), repository=RepositorySettings(url="sqlite://")
)  # fmt: skip


class Mute:
    """A host that cannot be asked."""

    questions: frozenset[Question] = frozenset()

    def open(self, *_: Any) -> None: ...

    def fetch(self, *_: Any) -> Any:
        raise AssertionError("nothing can be asked of it")

    def pushing(self, _: str) -> bool:
        return False

    def close(self) -> None: ...


@pytest.fixture
def clock() -> Iterator[VirtualClock]:
    clock = VirtualClock()
    yield clock
    assert (clock.errors, clock.stray()) == ([], [])


def test_a_poll_and_an_event_that_are_heard_take_the_way_of_all_others(clock: VirtualClock) -> None:
    told: dict[str, list[Event]] = {"vms": [], "hosts": []}
    polled: list[Any] = []
    with PushAdapter(CONFIG, clock=clock, endpoints=lambda *_: Mute()) as adapter:
        adapter.run(0.1)
        for name, events in told.items():
            adapter[name].subscribe(events.append)
        adapter["polls"].subscribe(polled.append)
        answer = poll(vm("vm1"), started=clock.now())
        adapter.hear(answer)
        adapter.hear(VmStateChanged(after=vm("vm2")))
        adapter.hear(VdsStateChanged(after=vds("beta")))
        adapter.run(0.1)
        assert adapter.pipeline.view.vms.keys() == {"vm1"}
    assert [(type(event), event.thing) for event in told["vms"]] == [
        (VmAdded, "vm1"),
        (VmStateChanged, "vm2"),
    ]
    assert [event.thing for event in told["hosts"] if event.before is None][-1] == "beta"
    assert answer in polled


def test_nothing_is_heard_before_it_runs(clock: VirtualClock) -> None:
    with (
        PushAdapter(CONFIG, clock=clock, endpoints=lambda *_: Mute()) as adapter,
        pytest.raises(RuntimeError, match="call run first"),
    ):
        adapter.hear(poll(vm("vm1")))
