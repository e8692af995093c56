"""Between the scopes of one process: who hears what, and who goes where.

Each scope has its own order of inputs. What scopes tell each other are inputs too, made here from
their decisions, at once and in an order that follows from that of the others: so the same inputs
give the same decisions in every scope.
"""

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Protocol

from msgspec.structs import replace

from vurti.decide import View
from vurti.decide.view import belongings, holds, promised
from vurti.model import (
    OF_HOSTS,
    Cancel,
    ClockAnew,
    Decision,
    Expect,
    Foreign,
    Hearsay,
    Input,
    Intent,
    IntentState,
    Join,
    Leave,
    Missed,
    Poll,
    Push,
    Reload,
    Row,
    Snapshot,
    Suspicion,
    Tick,
    Timer,
    Vm,
    VmStatesAnswer,
    VmStatisticsAnswer,
)
from vurti.streams.census import Census


class Side(Protocol):
    """A scope: what it knows, and the way to its order of inputs."""

    @property
    def name(self) -> str: ...

    @property
    def view(self) -> View: ...

    def put(self, given: Input) -> None:
        """Decide it now, and tell the switch's `decided`."""

    def due(self, names: Collection[str]) -> tuple[Timer, ...]:
        """The timers that run for what has these names."""


Moved = Callable[[str, str, str, tuple[str, ...]], None]


class Switch:
    """All inputs come through here, one at a time over all scopes; nothing in it yields.

    `moved` is told of each crossing just before it: its name, from where, to where, and what goes.
    Counters only grow.
    """

    def __init__(self, moved: Moved | None = None) -> None:
        self.crossings = self.referred = 0
        self.sides: dict[str, Side] = {}
        self.scope_of: Mapping[str, str] = {}
        self._moved = moved or (lambda _name, _origin, _to, _things: None)
        self._settled = False
        self._census = Census()
        self._told: dict[tuple[str, bool], int] = {}  # of which version of the census
        self._queue: deque[Callable[[], None]] = deque()
        self._serving = False
        self._referrals: list[Hearsay] = []
        self._crossers: list[tuple[str, str, str]] = []
        self._intents: list[Intent] = []

    def add(self, side: Side) -> None:
        """One more scope. Where vurti has begun to watch, it has begun there too, with nothing."""
        self.sides[side.name] = side
        self._census, self._told = Census(), {}
        for one in self.sides.values():
            self._census.take(one.view.vdss.values())
        if self._settled:
            self.put(side.name, Reload(()))

    def holder(self, vm: str) -> str | None:
        """The scope whose it is to decide about the VM."""
        return next((name for name, one in self.sides.items() if holds(one.view, vm)), None)

    def home(self, host: str) -> str | None:
        """The scope that has the host, watched or recorded."""
        named = self.scope_of.get(host)
        if named is not None:
            return named
        return next((name for name, one in self.sides.items() if host in one.view.vdss), None)

    def hear(self, said: Poll | Push) -> None:
        """A host speaks. One that nobody watches is heard by the first scope, which says so."""
        scope = self.home(said.host) or next(iter(self.sides))
        self.put(scope, said)

    def announce(self, given: Expect | Cancel) -> None:
        """To the scope that has what it is about; where nobody has that, to its host's."""
        self.put(self._concerned(given), given)

    def suspect(self, said: Suspicion) -> None:
        """It is about the whole process."""
        for name in list(self.sides):
            self.put(name, said)
        self._census.recount()

    def put(self, scope: str, given: Input) -> None:
        """Serve it now, or behind what is being served."""
        if len(self.sides) == 1:
            self.sides[scope].put(given)
            return
        self._do(lambda: self._give(self.sides[scope], given))

    def settle(self, scope_of: Mapping[str, str], reloads: Mapping[str, Reload]) -> None:
        """From now on hosts are in these scopes. Those that were in others go there, with the VMs
        that they hold; then each scope is told which are its hosts."""
        self._do(lambda: self._settle(scope_of, reloads))

    def decided(self, scope: str, decision: Decision) -> None:
        """A side has decided: what concerns others is served when it has done."""
        if len(self.sides) == 1:
            return
        self._referrals.extend(decision.referrals)
        self._intents.extend(decision.intents)
        for row in decision.changes:
            if not isinstance(row.value, Vm):
                self._census.take((row,))
            elif (to := self._strays(scope, row)) is not None:
                self._crossers.append((row.value.id, scope, to))

    def _do(self, action: Callable[[], None]) -> None:
        self._queue.append(action)
        if self._serving:
            return
        self._serving = True
        try:
            while self._queue:
                self._queue.popleft()()
        finally:
            self._serving = False

    def _give(self, side: Side, given: Input) -> None:
        if len(self.sides) == 1:
            side.put(given)
            return
        self._inform(side, given)
        side.put(given)
        self._follow()

    def _follow(self) -> None:
        """What the last decision has for others."""
        crossers, self._crossers = self._crossers, []
        referrals, self._referrals = self._referrals, []
        intents, self._intents = self._intents, []
        for intent in intents:
            self._look_out(intent)
        for vm, origin, to in crossers:
            self._cross(self.sides[origin], self.sides[to], [vm])
        for hearsay in referrals:
            holder = self.holder(hearsay.vm)
            if holder is not None:
                self.referred += 1
                self._as_old(self.sides[holder], hearsay.host)
                self._give(self.sides[holder], hearsay)

    def _inform(self, side: Side, given: Input) -> None:
        """What it must know of the others before it decides this."""
        self._tell_of_neighbours(side, judges=isinstance(given, Missed | Tick))
        named, known, foreign = _named(given), side.view.vms, side.view.neighbourhood.foreign
        if named.keys() <= known.keys():
            return
        for vm in [one for one in named if one not in known]:  # in the host's order, in any run
            elsewhere = self._is_elsewhere(vm, side)
            seq = max(one.view.forgotten.get(vm, 0) for one in self.sides.values())
            if elsewhere != (vm in foreign) or seq > side.view.forgotten.get(vm, 0):
                side.put(Foreign(vm, elsewhere, seq=seq))

    def _tell_of_neighbours(self, side: Side, judges: bool) -> None:
        """Where something has changed of the hosts of other scopes. How many are silent bears only
        on what `judges` hosts: a question that was missed, a grace that is over."""
        version, place = self._census.version, (side.name, judges)
        if self._told.get(place) == version:
            return
        self._told[place] = version
        past = side.view.neighbourhood.hosts
        told = self._census.of_others(side.view, [one.view for one in self.sides.values()])
        if not judges:
            told = replace(told, connecting=past.connecting, judged=past.judged)
        if told != past:
            side.put(told)

    def _is_elsewhere(self, vm: str, side: Side) -> bool:
        return any(holds(one.view, vm) for one in self.sides.values() if one is not side)

    def _look_out(self, intent: Intent) -> None:
        """What is left of a VM is to be destroyed on a host, maybe of another scope: that it is
        gone from there is to be heard."""
        host, home = intent.host, self.home(intent.host or "")
        if host is None or home is None or intent.state is not IntentState.OPEN:
            return
        side = self.sides[home]
        spoken = intent.thing in side.view.neighbourhood.spoken_of(host)
        if not spoken and self.holder(intent.thing) != home:
            side.put(Foreign(intent.thing, on=host))

    def _as_old(self, side: Side, host: str) -> None:
        """It knows how often the clock of another scope's host has begun anew."""
        home = self.home(host)
        if home is None or home == side.name:
            return
        times = self.sides[home].view.host_clocks.anew.get(host, 0)
        if side.view.host_clocks.anew.get(host, 0) != times:
            side.put(ClockAnew(host, times))

    def _strays(self, scope: str, row: Row) -> str | None:
        """The scope that the VM has to go to, since its host is there."""
        held_by = row.value.run_on if isinstance(row.value, Vm) and not row.deleted else None
        to = self.scope_of.get(held_by) if held_by is not None else None
        return to if to is not None and to != scope and to in self.sides else None

    def _settle(self, scope_of: Mapping[str, str], reloads: Mapping[str, Reload]) -> None:
        self.scope_of, self._settled = scope_of, True
        for origin in list(self.sides.values()):
            for to, things in self._astray(origin).items():
                self._cross(origin, self.sides[to], things)
        for side in self.sides.values():
            for intent in list(side.view.intents):
                self._look_out(intent)
        for name, reload in reloads.items():
            self._give(self.sides[name], reload)
        self._census.recount()

    def _astray(self, origin: Side) -> dict[str, list[str]]:
        """Where its hosts and VMs have to go, hosts first."""
        ways: dict[str, list[str]] = {}
        for host in origin.view.vdss:
            to = self.scope_of.get(host)
            if to is not None and to != origin.name:
                ways.setdefault(to, []).append(host)
        for vm, row in origin.view.vms.items():
            if (away := self._strays(origin.name, row)) is not None:
                ways.setdefault(away, []).append(vm)
        return ways

    def _cross(self, origin: Side, to: Side, things: list[str]) -> None:
        for host in _clocks_of(origin.view, things):
            self._as_old(origin, host)
            self._as_old(to, host)
        packed = tuple(
            belongings(origin.view, one, origin.due({one, *promised(origin.view, one)}))
            for one in things
        )
        self.crossings += 1
        birth = origin.view.birth
        name = f"{birth.scope}.{birth.epoch}.{birth.nonce}.c{self.crossings}"
        self._moved(name, origin.name, to.name, tuple(things))
        origin.put(Leave(name, to.name, packed))
        to.put(Join(name, origin.name, packed))
        self._follow()

    def _concerned(self, given: Expect | Cancel) -> str:
        first = next(iter(self.sides))
        if isinstance(given, Cancel):
            finds = (n for n, one in self.sides.items()
                     if one.view.expectations.find(given.expectation) is not None)  # fmt: skip
            return next(finds, first)
        if given.kind in OF_HOSTS:
            return self.home(given.thing) or first
        of_host = self.home(given.host) if given.host is not None else None
        return self.holder(given.thing) or of_host or first


def _clocks_of(view: View, things: Iterable[str]) -> Iterator[str]:
    """The hosts whose clocks are remembered with these VMs."""
    return iter({view.host_clocks[one].host: None for one in things if one in view.host_clocks})


def _named(given: Input) -> Mapping[str, object]:
    """The VMs of which a host speaks."""
    match given:
        case Snapshot(answer=VmStatesAnswer(vms=vms)) | Push(vms=vms):
            return vms
        case Snapshot(answer=VmStatisticsAnswer(states=VmStatesAnswer(vms=vms))):
            return vms
        case _:
            return {}
