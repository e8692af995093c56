"""What the fleet is: a snapshot, and each event after it. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator

from msgspec import Struct

from vurti.cli.terminal import looks
from vurti.cli.terminal.looks import Look
from vurti.cli.terminal.told import (
    Ages,
    EventTold,
    HostTold,
    Maintenance,
    More,
    Sample,
    Snapshot,
    VmTold,
)
from vurti.model import VdsStatus
from vurti.wire.record import is_stale

GONE_MAX = 10_000
UNTOLD_SECS = 15.0
_LEFT = frozenset({"VmLeftScope", "VdsLeftScope"})
_JOINED = frozenset({"VmJoinedScope", "VdsJoinedScope"})
_NONE: Counter[Look] = Counter()


class Host(Struct, gc=False):
    """A host. `since` is when it came to be so; `why` says it in words, "" where nobody told."""

    id: str
    cluster: str = ""
    status: str = ""
    reason: str = ""
    seq: int = 0
    since: float = 0.0
    rule: str = ""
    why: str = ""
    heard_at: float | None = None
    took_secs: float = 0.0
    slow: bool = False
    sample: Sample = Sample()
    maintenance: Maintenance | None = None


class Vm(Struct, gc=False):
    """A VM; `run_on` the host that holds it."""

    id: str
    name: str = ""
    status: str = ""
    run_on: str | None = None
    pause: str = "NONE"
    ended: str | None = None
    seq: int = 0
    since: float = 0.0
    rule: str = ""
    why: str = ""

    @property
    def called(self) -> str:
        """What people call it."""
        return self.name or self.id


class Fleet:
    """All hosts and VMs by id. `stale_secs`: a host that was not heard for so long is stale."""

    def __init__(self) -> None:
        self.stale_secs, self._aged_at = 0.0, 0.0
        self.blind = False  # nobody tells us anything: nothing is known to be well
        self.hosts: dict[str, Host] = {}
        self.vms: dict[str, Vm] = {}
        self._on: dict[str | None, set[str]] = {}
        self._looks: dict[str | None, Counter[Look]] = {}
        self._gone: dict[str, int] = {}  # what another scope's log may still tell of
        self.members = 0  # grows with each VM or host that comes or goes

    def begin(self, snapshots: Iterable[Snapshot]) -> None:
        """All is as these say. What crossed from one scope to another while they were made is in
        both or in neither: its newest state counts, and the events after them tell the rest."""
        heard = self.hosts
        self.hosts, self.vms, self._on, self._looks, self._gone = {}, {}, {}, {}, {}
        self.members += 1
        for one in snapshots:
            for host in one.hosts:
                self._know(_host(host), heard.get(host.id))
            for vm in one.vms:
                if (known := self.vms.get(vm.id)) is not None:
                    if known.seq >= vm.seq:
                        continue
                    self._take(known)
                self._put(_vm(vm))

    def apply(self, told: EventTold) -> None:
        """What is after the event. Where scopes tell of one thing, its `seq` says what is newer."""
        thing = told.thing
        known = self.vms.get(thing) if told.vm is not None else self.hosts.get(thing)
        seq = known.seq if known is not None else self._gone.get(thing, 0)
        if told.seq <= seq or told.kind in _LEFT:
            return
        if known is None and told.before is not None and told.kind not in _JOINED:
            return  # something was announced of what nobody has seen yet
        if told.after is None:
            self._forget(told)
        elif told.vm is not None:
            self._apply_vm(told, told.after)
        else:
            self._apply_host(told, told.after)

    def heard(self, ages: Ages) -> None:
        """How old what is known of each host is."""
        self.stale_secs, self._aged_at = ages.stale_secs, ages.now
        for age in ages.items:
            if (host := self.hosts.get(age.id)) is not None:
                host.heard_at = None if age.age_secs is None else ages.now - age.age_secs
                host.took_secs = age.took_secs
                old = age.age_secs is not None and age.age_secs > ages.target_secs
                host.slow = old or age.took_secs > ages.period_secs

    def ages(self) -> list[float]:
        """How old it was, in seconds, when that was told last: of the hosts that are well, the
        youngest first. Those of the others say nothing of who asks them."""
        well = (one for one in self.hosts.values() if one.status == VdsStatus.UP)
        return sorted(self._aged_at - one.heard_at for one in well if one.heard_at is not None)

    def learn(self, more: Iterable[More]) -> None:
        """Samples, and what was announced."""
        for one in more:
            if (host := self.hosts.get(one.id)) is not None:
                host.sample, host.maintenance = one.statistics or host.sample, one.maintenance

    def on(self, host: str | None) -> Iterator[Vm]:
        """The VMs that the host holds, or that none does."""
        return (self.vms[vm] for vm in self._on.get(host, ()))

    def count_on(self, host: str) -> int:
        """How many VMs it holds."""
        return len(self._on.get(host, ()))

    def looks_on(self, host: str | None) -> Iterator[tuple[Look, int]]:
        """How many of its VMs look how, as long as it is not stale."""
        return ((look, count) for look, count in self._looks.get(host, _NONE).items() if count)

    def stale(self, host: str | None, now: float) -> bool:
        """Whether what is known of a host, and of its VMs, is too old to be relied on. `now` is
        vurti's clock. Ages that were not told for long say nothing of now."""
        known = self.hosts.get(host) if host is not None else None
        if known is None:
            return self.blind
        moment = now if now - self._aged_at > UNTOLD_SECS else self._aged_at
        return self.blind or is_stale(known.heard_at, moment, self.stale_secs)

    def look(self, thing: Host | Vm, now: float) -> Look:
        """How it looks now."""
        if isinstance(thing, Host):
            return looks.of_host(thing.status, self.stale(thing.id, now), thing.slow)
        return looks.of_vm(thing.status, self.stale(thing.run_on, now), thing.pause, thing.ended)

    def cluster_of(self, vm: Vm) -> str:
        """That of its host; "" where none holds it."""
        host = self.hosts.get(vm.run_on) if vm.run_on is not None else None
        return host.cluster if host is not None else ""

    def _know(self, host: Host, before: Host | None) -> None:
        if before is not None:
            host.heard_at, host.slow = before.heard_at, before.slow
            host.sample, host.maintenance = before.sample, before.maintenance
            if before.seq == host.seq:
                host.since, host.why = before.since, before.why
        self.hosts[host.id] = host

    def _apply_host(self, told: EventTold, status: str) -> None:
        host = self.hosts.get(told.thing)
        if host is None:
            host = self.hosts[told.thing] = Host(told.thing)
            self.members += 1
        if told.before != status or told.non_operational_reason != host.reason:
            host.since, host.why, host.rule = told.at, told.reason, told.rule
        if status == VdsStatus.UP != told.before:
            host.heard_at, host.slow = max(host.heard_at or 0.0, told.at), False  # it answered
        host.status, host.reason, host.seq = status, told.non_operational_reason, told.seq
        host.cluster = told.cluster or host.cluster

    def _apply_vm(self, told: EventTold, status: str) -> None:
        vm, holder = self.vms.get(told.thing), told.run_on
        if vm is None:
            vm = Vm(told.thing)
            self.members += 1
        else:
            self._take(vm)
        if (status, holder, told.pause_status) != (told.before, vm.run_on, vm.pause):
            vm.since, vm.why, vm.rule = told.at, told.reason, told.rule
        vm.name, vm.status, vm.run_on, vm.seq = told.name or vm.name, status, holder, told.seq
        vm.pause, vm.ended = told.pause_status, told.exit_status
        self._put(vm)

    def _put(self, vm: Vm) -> None:
        self.vms[vm.id] = vm
        self._on.setdefault(vm.run_on, set()).add(vm.id)
        self._looks.setdefault(vm.run_on, Counter())[_look(vm)] += 1

    def _take(self, vm: Vm) -> None:
        del self.vms[vm.id]
        self._on[vm.run_on].discard(vm.id)
        self._looks[vm.run_on][_look(vm)] -= 1

    def _forget(self, told: EventTold) -> None:
        """It is no more; its last sequence is kept for a while, for the logs of other scopes."""
        self.members += 1
        if told.vm is None:
            self.hosts.pop(told.thing, None)
        elif (vm := self.vms.get(told.thing)) is not None:
            self._take(vm)
        self._gone[told.thing] = told.seq
        if len(self._gone) > GONE_MAX:
            del self._gone[next(iter(self._gone))]


def _look(vm: Vm) -> Look:
    return looks.of_vm(vm.status, False, vm.pause, vm.ended)


def _host(told: HostTold) -> Host:
    return Host(
        told.id, told.cluster, told.status, told.reason, told.seq, told.observed_at, told.rule
    )


def _vm(told: VmTold) -> Vm:
    return Vm(
        told.id, told.name, told.status, told.run_on, told.pause_status, told.exit_status,
        told.seq, told.observed_at, told.rule,
    )  # fmt: skip
