"""Worlds as processes have them: one for all endpoints that ask for the same, living on a clock."""

from collections.abc import Callable
from dataclasses import dataclass

from vurti.clock import Clock
from vurti.clock.port import Task
from vurti.sources.sim.options import SimOptions
from vurti.world import Machine, Notice, Story, VmRates, World, WorldOptions


@dataclass(frozen=True)
class Ears:
    """What one endpoint wants to hear of its host. Neither may yield."""

    on_notice: Callable[[Notice], None]
    on_link: Callable[[], None]


class SharedWorld:
    """A world and the task that moves it. It begins when its first host is connected, or at
    `begun_at`, and ends for good when the last of those that share it has let go of it."""

    def __init__(self, clock: Clock, options: SimOptions, forget: Callable[[], None]) -> None:
        self._clock = clock
        self._forget = forget
        self._begun_at = options.begun_at
        wall = clock.wall() if options.begun_at is None else options.begun_at
        self.world = World(
            options.seed, options.hosts, options.vms_per_host, _options(options, wall)
        )
        self.world.on_notice = self._notice
        self.world.on_link = self._link
        self._origin: float | None = None  # our monotonic clock as the world began
        self._ears: dict[str, list[Ears]] = {}
        self._holders = 0
        self._task: Task | None = None
        self._stirred = clock.signal()
        self._caught_up = False

    def hold(self) -> "SharedWorld":
        """One more shares it; each `hold` needs its `release`."""
        self._holders += 1
        return self

    def release(self) -> None:
        """One less shares it; the last one ends it."""
        self._holders -= 1
        if self._holders == 0:
            self._forget()
            if self._task is not None:
                self._task.kill()

    def listen(self, host: str, ears: Ears) -> None:
        """Tell of one host from now on, and begin to live if that was not so yet."""
        if self._task is None:
            since = 0.0 if self._begun_at is None else self._clock.wall() - self._begun_at
            self._origin = self._clock.now() - max(since, 0.0)
            self._task = self._clock.spawn(self._live)
        self._ears.setdefault(host, []).append(ears)

    def unlisten(self, host: str, ears: Ears) -> None:
        """Tell this one no more."""
        if ears in self._ears.get(host, ()):
            self._ears[host].remove(ears)

    def catch_up(self) -> None:
        """Let everything happen that is due by now. What happened before anybody could listen is
        told to nobody; it waits for the first that asks, so that by then all hosts have joined."""
        if self._origin is not None:
            self.world.advance(self._clock.now() - self._origin)
            self._caught_up = True

    def do(self, story: Story) -> None:
        """Tell a story now. Raises ValueError where it does not fit."""
        self.catch_up()
        self.world.do(story)
        self._stirred.set()

    def at(self, when: float, story: Story) -> None:
        """Tell a story at a time of the world."""
        self.world.at(when, story)
        self._stirred.set()

    def _live(self) -> None:
        self.catch_up()
        while True:
            due = self.world.next_due()
            until = None if due is None or self._origin is None else self._origin + due
            if self._stirred.wait(until):
                self._stirred.clear()
            elif due is not None:
                self.world.advance(due)  # the sum of two floats may be a hair before what is due
            self.catch_up()

    def _notice(self, notice: Notice) -> None:
        for ears in tuple(self._ears.get(notice.host, ())) if self._caught_up else ():
            ears.on_notice(notice)

    def _link(self, machine: Machine) -> None:
        for ears in tuple(self._ears.get(machine.id, ())) if self._caught_up else ():
            ears.on_link()


_shared: dict[tuple[int, str, SimOptions], tuple[Clock, SharedWorld]] = {}


def shared_world(clock: Clock, options: SimOptions, name: str = "") -> SharedWorld:
    """The one world of that name, clock and options. Whoever uses it must `hold` it."""
    about_hosts = {"pushes": True, "latency_secs": 0.0}  # these do not make another world
    key = (id(clock), name, options.model_copy(update=about_hosts))

    def forget() -> None:
        _shared.pop(key, None)

    if key not in _shared:  # the entry keeps the clock alive, so that its id stays its own
        _shared[key] = (clock, SharedWorld(clock, options, forget))
    return _shared[key][1]


def _options(options: SimOptions, wall: float) -> WorldOptions:
    return WorldOptions(
        pace=options.pace,
        vm_rates=VmRates(split_brain=0.2 if options.split_brains else 0.0),
        ended_listed_secs=options.ended_listed_secs,
        wall=wall,
    )
