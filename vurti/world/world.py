"""The world itself: a fleet that lives by the stories that are told of it."""

from collections import Counter
from collections.abc import Iterable, Iterator
from random import Random

from vurti.world import life
from vurti.world.fleet import Fleet
from vurti.world.machine import Guest, Machine
from vurti.world.options import WorldOptions
from vurti.world.outages import OUTAGES
from vurti.world.plots import PLOTS, fits
from vurti.world.story import Story, StoryKind
from vurti.world.values import Link


class World(Fleet):
    """Hosts and VMs that live, decided by `seed` alone and by the stories told.

    `hosts` is how many there are (`host-1` …, with VMs `vm-1` …) or their names (the VMs of `alpha`
    are `alpha-vm-1` …). Time is in seconds and begins at 0; only `advance` moves it, in steps of
    any size. `played` and `skipped` count stories by kind, `unheard` the notices of hosts that
    could not speak. Chance tells stories while the world is `lively`. `on_notice` and `on_link` are
    called as things happen; they may not move time.
    """

    def __init__(
        self,
        seed: int | str,
        hosts: int | Iterable[str] = 20,
        vms_per_host: int = 10,
        options: WorldOptions | None = None,
    ) -> None:
        super().__init__(seed, vms_per_host, options if options is not None else WorldOptions())
        self.played: Counter[StoryKind] = Counter()
        self.skipped: Counter[StoryKind] = Counter()
        self.lively = self.options.pace > 0
        self._populate(hosts)
        life.begin(self)

    def join(self, id: str, number: int | None = None) -> Machine:
        """One more host with its VMs, all of them up. A host that is here already is just given."""
        if id in self.machines:
            return self.machines[id]
        machine = Machine(id, Random(f"{self.seed}/{id}"), self.vms_per_host, self.options.wall)
        self.enrol(machine)
        for place in range(self.vms_per_host):
            serial = place + 1 + (number or 0) * self.vms_per_host
            guest_id = f"vm-{serial}" if number is not None else f"{id}-vm-{serial}"
            life.of_vm(self, self.settle(guest_id, machine))
        life.of_host(self, machine)
        return machine

    def at(self, when: float, story: Story) -> None:
        """Tell a story later; where it does not fit by then, it is counted in `skipped`."""
        self._known(story)
        self.plan(when, self.attempt, story)

    def do(self, story: Story) -> None:
        """Tell a story now. Raises ValueError where it does not fit, or its thing is not known."""
        self._known(story)
        if not self._fits(story):
            raise ValueError(f"{story.kind} does not fit {story.thing}, which is {self._is(story)}")
        self._tell(story)

    def attempt(self, story: Story) -> None:
        """Tell a story now if it fits; count it as skipped if not."""
        if self._fits(story):
            self._tell(story)
        else:
            self.skip(story)

    def call_off(self, story: Story) -> None:
        """A story that was begun finds that it cannot be."""
        self.played[story.kind] -= 1
        self.skip(story)

    def skip(self, story: Story) -> None:
        """It could not be told."""
        self.skipped[story.kind] += 1

    def _populate(self, hosts: int | Iterable[str]) -> None:
        if isinstance(hosts, int):
            for number in range(hosts):
                self.join(f"host-{number + 1}", number)
        else:
            for name in hosts:
                self.join(name)

    def _known(self, story: Story) -> None:
        things = self.machines if story.kind in OUTAGES else self.guests
        if story.thing not in things:
            raise ValueError(f"{story.kind}: no {story.thing!r} in this world")
        if story.to is not None:
            self.host(story.to)

    def _is(self, story: Story) -> str:
        if story.kind in OUTAGES:
            return f"{self.machines[story.thing].link}"
        return self.guests[story.thing].status

    def _fits(self, story: Story) -> bool:
        if story.kind not in OUTAGES:
            return fits(story.kind, self.guests[story.thing])
        answers = self.machines[story.thing].link is Link.ANSWERS
        return answers or story.kind in (StoryKind.DIE, StoryKind.RESTORE)

    def _tell(self, story: Story) -> None:
        self.played[story.kind] += 1
        thing: Guest | Machine
        if story.kind in OUTAGES:
            thing = self.machines[story.thing]
            thing.era += 1
            self._step(thing, thing.era, OUTAGES[story.kind](self, thing, story))
        else:
            thing = self.guests[story.thing]
            thing.era += 1
            thing.busy = True
            self.let_go(thing)
            self._step(thing, thing.era, PLOTS[story.kind](self, thing, story))

    def _step(self, thing: Guest | Machine, era: int, steps: Iterator[float]) -> None:
        if thing.era != era:
            return
        secs = next(steps, None)
        if secs is not None:
            self.later(secs, self._step, thing, era, steps)
        elif isinstance(thing, Guest):
            thing.busy = False
