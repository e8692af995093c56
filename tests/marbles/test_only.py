"""only: what somebody wants to hear of."""

from typing import Any

import pytest

from vurti.events import Event, Mark, event
from vurti.model import Vds, Vm
from vurti.streams.operators import only
from vurti.testing import marbles, vds, vm


def made(before: Vm | Vds | None, after: Vm | Vds | None, *marks: Mark) -> Event:
    one = event(before, after, marks)
    assert one is not None
    return one


EVENTS = {
    "a": made(None, vm("vm1", "Up", name="web-1", run_on="alpha")),
    "d": made(vm("vm1", "Up", run_on="alpha"), vm("vm1", "Down")),
    "m": made(
        vm("vm2", "Up", name="db-1", run_on="alpha"),
        vm("vm2", "Up", name="db-1", run_on="beta"),
        Mark.MIGRATED,
    ),
    "r": made(vm("vm1", "Down"), None),
    "h": made(vds("alpha", "Up"), vds("alpha", "NonResponsive")),
    "n": made(None, vds("beta", "Up")),
}


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({}, "-a-d-m-r-h-n|"),
        ({"kinds": ["VmAdded", "VmMigrated"]}, "-a---m------|"),
        ({"kinds": ["Vds*"]}, "---------h-n|"),
        ({"vms": ["vm1"]}, "-a-d---r----|"),
        ({"vms": ["db-?"]}, "-----m------|"),
        ({"hosts": ["beta"]}, "-----m-----n|"),
        ({"hosts": ["alpha"]}, "-a-d-m---h--|"),
        ({"hosts": ["*"]}, "-a-d-m---h-n|"),
        ({"statuses": ["Down"]}, "---d---r----|"),
        ({"statuses": ["NonResponsive"]}, "---------h--|"),
        ({"hosts": ["alpha"], "statuses": ["Up"]}, "-a---m------|"),
        ({"vms": ["VM1"]}, "------------|"),
    ],
)
def test_what_fits_everything_given_passes(wanted: dict[str, Any], expected: str) -> None:
    with marbles() as m:
        events = m.hot("-a-d-m-r-h-n|", **EVENTS)
        m.expect(events.pipe(only(**wanted)), expected, **EVENTS)


def test_needs_no_scheduler_since_it_takes_no_time() -> None:
    with marbles() as m:
        heard: list[Event] = []
        m.hot("-a|", **EVENTS).pipe(only()).subscribe(heard.append)
        m.expect(m.hot("--|"), "--|")
    assert len(heard) == 1
