"""What hosts say again and again: how far migrations are, and what a flood repeats."""

from vurti.model.status import VmStatus
from vurti.simulator import events
from vurti.simulator.faults import FaultKind
from vurti.simulator.host import SimulatedHost
from vurti.simulator.living import CHATTER_SECS
from vurti.world.values import Notice


def chat(host: SimulatedHost, now: float) -> bool:
    """One round of it; whether this host will have more to say."""
    migrates, floods = _tell_migrations(host, now), _flood(host, now)
    return migrates or floods


def _tell_migrations(host: SimulatedHost, now: float) -> bool:
    daemon = host.daemon
    if not daemon.dialect.migration_events:
        return False
    on_their_way = False
    for run in tuple(daemon.machine.runs.values()):
        if run.listed.status is not VmStatus.MIGRATING_FROM:
            continue
        progress = daemon.records.migration_progress(run, now)
        if progress is not None:
            on_their_way = True
            id, _ = daemon.ids.wire(run.guest.id)
            time = daemon.clock(daemon.machine.clock_ms(now))
            host.broker.tell(events.migration_progress(run, id, progress, time))
    return on_their_way


def _flood(host: SimulatedHost, now: float) -> bool:
    """A round's worth of events that say what is known."""
    daemon = host.daemon
    if not daemon.faults.has(FaultKind.FLOOD):
        return False
    living = daemon.machine.living()
    count = int(daemon.faults.by(FaultKind.FLOOD) * CHATTER_SECS) if living else 0
    for turn in range(count):
        listed = living[turn % len(living)].listed
        host.notice(Notice(host.id, daemon.machine.clock_ms(now), listed), now)
    return True
