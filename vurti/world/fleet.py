"""What is, and the few acts that all stories are made of."""

from collections.abc import Callable
from random import Random

from vurti.model.inputs import Begun
from vurti.model.status import ExitReason, ExitStatus, VmStatus
from vurti.world.machine import Guest, Machine, Run
from vurti.world.options import Span, WorldOptions
from vurti.world.timeline import Timeline
from vurti.world.values import Link, Notice


class Fleet(Timeline):
    """Hosts and VMs, each with a random stream of its own. Nothing happens to them by itself."""

    def __init__(self, seed: int | str, vms_per_host: int, options: WorldOptions) -> None:
        super().__init__()
        self.seed = seed
        self.vms_per_host = vms_per_host
        self.options = options
        self.machines: dict[str, Machine] = {}
        self.guests: dict[str, Guest] = {}
        self._answering: list[Machine] | None = None  # None where it has to be looked for
        self.unheard = 0
        self.on_notice: Callable[[Notice], None] | None = None
        self.on_link: Callable[[Machine], None] | None = None

    def host(self, id: str) -> Machine:
        """One host. Raises ValueError where there is none of that name."""
        if id not in self.machines:
            raise ValueError(f"no host {id!r} in this world")
        return self.machines[id]

    def enrol(self, machine: Machine) -> None:
        """A new host, that answers."""
        self.machines[machine.id] = machine
        self._answering = None

    def truth(self) -> dict[str, tuple[VmStatus, str | None]]:
        """Each VM as it truly is: its status and the host that holds it, None while it is down."""
        return {
            guest.id: (guest.status, guest.home.machine.id if guest.home else None)
            for guest in self.guests.values()
        }

    def split(self) -> frozenset[str]:
        """The VMs that run on two hosts just now without going from one to the other."""
        return frozenset(
            guest.id
            for guest in self.guests.values()
            if guest.other is not None and not guest.moves
        )

    def say(self, run: Run, status: VmStatus, rebooted: bool = False, **changes: object) -> None:
        """A run changes, and its host says so if it can."""
        run.become(status, self.now, **changes)
        run.machine.changed()
        self.notify(run, rebooted=rebooted)

    def notify(self, run: Run, rebooted: bool = False, watchdog: str | None = None) -> None:
        """The host of a run says how it stands, unless it cannot speak."""
        machine = run.machine
        if run.listed.status_time != machine.clock_ms(self.now):
            run.become(run.listed.status, self.now)  # what is listed is as new as what is told
            machine.changed()
        if machine.link is not Link.ANSWERS:
            self.unheard += 1
        elif self.on_notice is not None:
            said_at = machine.clock_ms(self.now)
            self.on_notice(Notice(machine.id, said_at, run.listed, rebooted, watchdog))

    def end(self, run: Run, status: ExitStatus, reason: ExitReason, message: str = "") -> None:
        """A run is over. It stays listed for a while with the reason."""
        guest = run.guest
        if guest.home is run:
            guest.home, guest.other = guest.other, None
        elif guest.other is run:
            guest.other = None
        self.say(run, VmStatus.DOWN, exit_status=status, exit_reason=reason, exit_message=message)
        self.later(self.options.ended_listed_secs, self._drop, run)

    def let_go(self, guest: Guest) -> None:
        """A guest is no longer on its way, where it was: the other side gives up its copy."""
        match guest.other:
            case Run(listed=listed) as run if listed.status is VmStatus.MIGRATING_TO:
                failed = ExitReason.MIGRATION_FAILED
                self.end(run, ExitStatus.ERROR, failed, "migration called off")
            case Run(listed=listed) as run if listed.status is VmStatus.MIGRATING_FROM:
                self.end(run, ExitStatus.NORMAL, ExitReason.MIGRATION_SUCCEEDED)

    def place(self, guest: Guest, machine: Machine, status: VmStatus, begun: Begun) -> Run:
        """A guest gets a run on a machine."""
        run = Run(guest, machine, status, begun, self.now)
        machine.runs.pop(guest.id, None)  # an ended one of before gives way, and so does its place
        machine.runs[guest.id] = run
        machine.changed()
        self.notify(run)
        return run

    def lose_power(self, machine: Machine) -> list[Guest]:
        """A host goes dark; the VMs that it truly held are ended without a word, and given."""
        self.relink(machine, Link.REFUSES)
        lost = [run.guest for run in machine.living() if run.guest.home is run]
        for run in machine.living():
            self._lose(run)
        machine.runs.clear()
        machine.changed()
        return [guest for guest in lost if guest.home is None]

    def restore(self, machine: Machine) -> None:
        """A host is well again; one that was dark has booted just now."""
        if machine.link is Link.REFUSES:
            machine.booted = self.now
        machine.slow_secs = 0.0
        self.relink(machine, Link.ANSWERS)

    def relink(self, machine: Machine, link: Link) -> None:
        """A host meets questions in another way from now on."""
        if link is not machine.link:
            machine.link = link
            self._answering = None
            if self.on_link is not None:
                self.on_link(machine)

    def somewhere(self, guest: Guest, apart_from: Machine | None = None) -> Machine | None:
        """A host that could take the guest, drawn by lot; None where there is none."""
        if self._answering is None:
            machines = self.machines.values()
            self._answering = [one for one in machines if one.link is Link.ANSWERS]
        choice = self._answering
        apart = len(choice)  # beyond the last
        if apart_from is not None and apart_from.link is Link.ANSWERS:
            apart = choice.index(apart_from)
        others = len(choice) - (apart < len(choice))
        if not others:
            return None
        place = guest.random.choice(range(others))
        return choice[place + (place >= apart)]

    def draw(self, guest: Guest, span: Span) -> float:
        """How long it takes this time."""
        return guest.random.uniform(*span)

    def settle(self, id: str, machine: Machine) -> Guest:
        """A new VM, up on that host, with a name that no other has."""
        serial = len(self.guests) + 1
        role = ("web", "db", "mail", "build", "cache", "desk", "files", "test")[serial % 8]
        guest = Guest(id, f"{role}-{serial}", Random(f"{self.seed}/{id}"))
        self.guests[id] = guest
        guest.home = self.place(guest, machine, VmStatus.UP, Begun.BOOTED)
        return guest

    def _lose(self, run: Run) -> None:
        guest = run.guest
        guest.era += 1
        guest.busy = False
        if guest.home is run:
            self.let_go(guest)
            guest.home, guest.other = guest.other, None
        elif guest.other is run:
            guest.other = None
            if guest.status is VmStatus.MIGRATING_FROM and guest.home is not None:
                self.say(guest.home, VmStatus.UP)

    def _drop(self, run: Run) -> None:
        machine = run.machine
        if machine.runs.get(run.guest.id) is run:
            del machine.runs[run.guest.id]
            machine.changed()
