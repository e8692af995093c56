"""What somebody does in the demo: a host is announced to be taken away, and is emptied."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from vurti.adapter import PushAdapter
from vurti.errors import VurtiError
from vurti.model import Awaited
from vurti.sources.sim import SharedWorld, SimOptions, shared_world
from vurti.world import Link, Machine, migrate

BEGIN_SECS, EACH_SECS, MAINTENANCE_SECS = 4.5, 0.4, 90.0


@contextmanager
def maintaining(adapter: PushAdapter, options: SimOptions) -> Iterator[None]:
    """Soon after its start, while the block runs."""
    world = shared_world(adapter.clock, options).hold()
    task = adapter.clock.spawn(_maintain, adapter, world)
    try:
        yield
    finally:
        task.kill()
        world.release()


def _maintain(adapter: PushAdapter, shared: SharedWorld) -> None:
    adapter.clock.sleep_until(adapter.clock.now() + BEGIN_SECS)
    machine = _well(shared)
    if machine is None:
        return
    with suppress(VurtiError):  # it is in maintenance since the last time, or the demo ends
        adapter.expect(Awaited.MAINTENANCE, machine.id, why="new memory", secs=MAINTENANCE_SECS)
        _empty(shared, machine)


def _well(shared: SharedWorld) -> Machine | None:
    """The last host that nothing ails."""
    well = [
        machine
        for machine in shared.world.machines.values()
        if machine.link is Link.ANSWERS and not machine.slow_secs
    ]
    return well[-1] if well else None


def _empty(shared: SharedWorld, machine: Machine) -> None:
    """Its VMs go elsewhere, one after the other."""
    for place, run in enumerate(machine.living()):
        shared.at(shared.world.now + place * EACH_SECS, migrate(run.guest.id))
