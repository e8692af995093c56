"""Several folds of one process, bound by the switch as production binds them, driven by hand."""

from collections.abc import Collection, Mapping, Sequence

from msgspec.structs import replace

from vurti.decide import Birth, Rules, View, decide
from vurti.events import Event
from vurti.model import (
    Cancel,
    Decision,
    Expect,
    Host,
    Input,
    Missed,
    Push,
    Reload,
    Snapshot,
    Stamped,
    Suspicion,
    Tick,
    Timer,
    TimerKey,
    Vds,
    Vm,
)
from vurti.streams.switch import Switch
from vurti.testing.fold import TICKS_MAX, WALL, Recorded, begun_anew, recorded


class ScopedFold:
    """Hosts in their scopes, `scope_of` by their ids. Time is handed in; timers fire by `fire`.

    `decisions` are all of all scopes in the order in which they were made, each with its scope.
    """

    def __init__(
        self,
        hosts: Sequence[Host],
        scope_of: Mapping[str, str],
        rules: Rules | None = None,
        known: Mapping[str, Recorded] | None = None,
        at: float = 1000.0,
        wall: float = WALL,
    ) -> None:
        self.at, self.wall, self.rules = at, wall, rules or Rules()
        self.decisions: list[tuple[str, Decision]] = []
        self.scope_of, self.reload = dict(scope_of), Reload(tuple(hosts))
        self._starts = 0
        self._begin(known or {})

    @property
    def events(self) -> list[Event]:
        """All events of all scopes."""
        return [event for _, decision in self.decisions for event in decision.events]

    @property
    def views(self) -> dict[str, View]:
        return {name: side.view for name, side in self.sides.items()}

    def vm(self, vm: str) -> Vm | None:
        """As its scope records it. Raises AssertionError where two do."""
        rows = [view.vms[vm].value for view in self.views.values() if vm in view.vms]
        assert len(rows) <= 1, rows
        return rows[0] if rows and isinstance(rows[0], Vm) else None

    def vds(self, host: str) -> Vds | None:
        """As its scope records it. Raises AssertionError where two do."""
        rows = [view.vdss[host].value for view in self.views.values() if host in view.vdss]
        assert len(rows) <= 1, rows
        return rows[0] if rows and isinstance(rows[0], Vds) else None

    def scope(self, vm: str) -> str | None:
        """The scope whose record it is."""
        return next((name for name, view in self.views.items() if vm in view.vms), None)

    def give(self, given: Input) -> None:
        """Let one input in now, by the way that it takes in production."""
        match given:
            case Snapshot() | Missed() | Push():
                self.switch.hear(given)
            case Expect() | Cancel():
                self.switch.announce(given)
            case Suspicion():
                self.switch.suspect(given)
            case Reload():
                self.reload = given
                self._settle()
            case _:
                raise TypeError(f"{given!r} is no input of a process")

    def move(self, scope_of: Mapping[str, str]) -> None:
        """From now on hosts are in these scopes."""
        self.scope_of = dict(scope_of)
        for name in self.scope_of.values():
            self._side(name)
        self._settle()

    def fire(self, until: float) -> None:
        """Fire what comes due up to then, in its order."""
        for _ in range(TICKS_MAX):
            due = [
                (at, name, key)
                for name, side in self.sides.items()
                for key, at in side.timers.items()
                if at <= until
            ]
            if not due:
                self.at = until
                return
            at, name, key = min(due, key=lambda one: (one[0], one[2].kind, one[2].thing, one[1]))
            del self.sides[name].timers[key]
            self.at = max(self.at, at)
            self.switch.put(name, Tick(key))
        raise RecursionError("timers that set themselves again")

    @property
    def recorded(self) -> dict[str, Recorded]:
        """What each scope has in the database."""
        return {name: recorded(view) for name, view in self.views.items()}

    def restart(self, known: Mapping[str, Recorded] | None = None) -> None:
        """The process dies and starts again from what is recorded."""
        self._starts += 1
        self._begin(self.recorded if known is None else known)

    def _begin(self, known: Mapping[str, Recorded]) -> None:
        self.sides: dict[str, _Side] = {}
        self.switch = Switch()
        for name in dict.fromkeys((*known, *self.scope_of.values())):
            self._side(name, known.get(name))
        self._settle()

    def _side(self, name: str, known: Recorded | None = None) -> None:
        if name not in self.sides:
            side = _Side(name, self, known or Recorded((), (), (), ()), self._starts)
            self.sides[name] = side
            self.switch.add(side)

    def _settle(self) -> None:
        hosts = self.reload.hosts
        parts = {
            name: replace(
                self.reload,
                hosts=tuple(host for host in hosts if self.scope_of[host.id] == name),
            )
            for name in self.sides
        }
        self.switch.settle(self.scope_of, parts)


class _Side:
    """One scope of it."""

    def __init__(self, name: str, process: ScopedFold, known: Recorded, starts: int) -> None:
        self.name = name
        self.timers: dict[TimerKey, float] = {}
        self._process, self._number = process, 0
        self.view = begun_anew(known, process.rules, starts)
        self.view.birth = Birth(name, starts)

    def put(self, given: Input) -> None:
        self._number += 1
        process = self._process
        stamped = Stamped(self._number, process.at, process.wall + process.at, given)
        decision = decide(self.view, stamped)
        self.view.apply(decision)
        process.decisions.append((self.name, decision))
        for timer in decision.timers:
            self.timers.pop(timer.key, None)
            if timer.due is not None:
                self.timers[timer.key] = timer.due
        process.switch.decided(self.name, decision)

    def due(self, names: Collection[str]) -> tuple[Timer, ...]:
        found = ((key, at) for key, at in self.timers.items() if key.thing in names)
        return tuple(Timer(key, at) for key, at in found)
