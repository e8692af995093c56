"""Whoever follows the events as the API tells them knows what the store knows: over random
histories of hosts and VMs, the fleet in the terminal is the view of the fold."""

import msgspec
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.decide.histories.histories import Histories
from tests.decide.histories.watched import Check, WatchedFold
from vurti.cli.terminal.fleet import Fleet
from vurti.cli.terminal.told import EventTold, HostTold, Snapshot, VmTold
from vurti.model import Decision, Input, Vds, Vm
from vurti.testing.fold import Fold
from vurti.wire.ndjson import line

pytestmark = pytest.mark.slow

BOUNDED = settings(
    max_examples=100,
    stateful_step_count=50,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


class TheTerminalKnows(Check):
    """Fed with lines of NDJSON only, beginning with a snapshot."""

    def __init__(self) -> None:
        self.fleet: Fleet | None = None

    def see(self, decision: Decision, given: Input, fold: Fold) -> None:
        if self.fleet is None:
            self.restarted(fold)
        assert self.fleet is not None
        for event in decision.events:
            self.fleet.apply(msgspec.json.decode(line(event, 1.0), type=EventTold))
        assert known(self.fleet) == recorded(fold)

    def restarted(self, fold: Fold) -> None:
        """A fold forgets the sequences of what it has no row of; the store does not."""
        self.fleet = Fleet()
        self.fleet.begin([snapshot(fold)])


def known(fleet: Fleet) -> dict[str, tuple[object, ...]]:
    vms = {
        vm.id: (vm.status, vm.run_on, vm.pause, vm.ended, vm.name, vm.seq)
        for vm in fleet.vms.values()
    }
    on = {vm.id: host for host in (*fleet.hosts, None) for vm in fleet.on(host)}
    assert on == {vm.id: vm.run_on for vm in fleet.vms.values()}
    looks = {host: sum(count for _, count in fleet.looks_on(host)) for host in (*fleet.hosts, None)}
    assert looks == {host: len(list(fleet.on(host))) for host in looks}
    return vms | {host.id: (host.status, host.reason, host.seq) for host in fleet.hosts.values()}


def recorded(fold: Fold) -> dict[str, tuple[object, ...]]:
    told: dict[str, tuple[object, ...]] = {}
    for row in (*fold.view.vms.values(), *fold.view.vdss.values()):
        value = row.value
        if isinstance(value, Vm):
            told[value.id] = (
                value.status, value.run_on, value.pause_status, value.exit_status, value.name,
                row.seq,
            )  # fmt: skip
        else:
            told[value.id] = (value.status, value.reason, row.seq)
    return told


def snapshot(fold: Fold) -> Snapshot:
    hosts, vms = [], []
    for row in (*fold.view.vms.values(), *fold.view.vdss.values()):
        state = msgspec.to_builtins(row.value) | {"seq": row.seq}
        if isinstance(row.value, Vds):
            hosts.append(msgspec.convert(state, type=HostTold))
        else:
            vms.append(msgspec.convert(state, type=VmTold))
    return Snapshot(0, 0.0, hosts, vms)


class Followed(Histories):
    """All that may happen, told to a terminal."""

    def watch(self, given: dict[str, Check], **more: object) -> WatchedFold:
        return super().watch({"the terminal knows": TheTerminalKnows()}, **more)


def test_whatever_befalls_a_fleet_the_terminal_knows_what_is_recorded() -> None:
    run_state_machine_as_test(Followed, settings=BOUNDED)
