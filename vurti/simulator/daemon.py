"""What a host's vdsm answers, whatever the protocol it is asked by. It knows only reading calls."""

from collections import Counter
from collections.abc import Callable

from vurti.model.status import VmStatus
from vurti.simulator.dialect import Dialect
from vurti.simulator.domain_xml import KINDS, domain_xml, external_data
from vurti.simulator.encoding import Encoding
from vurti.simulator.faults import HOSTILE_NAME, FaultKind, Faults
from vurti.simulator.host_stats import capabilities, hardware, host_stats
from vurti.simulator.records import Ids, Moment, Records
from vurti.simulator.vm_stats import Record
from vurti.simulator.words import STATUS, wire_clock
from vurti.world.machine import Guest, Machine, Run

NO_SUCH_VM = (1, "Virtual machine does not exist")
_FAULTS = (
    (FaultKind.RECOVERING, 99, "Recovering from crash or Initializing"),
    (FaultKind.OVERLOADED, 1100, "Not enough resources: Too many tasks"),
    (FaultKind.UNEXPECTED, 16, "Unexpected exception"),
)
TOO_MANY_TASKS = (1100, "Not enough resources: Too many tasks")


class Refused(Exception):
    """An answer that is a code and a sentence."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


class Daemon:
    """One host's. `time` gives seconds of the world, all that is due told; `calls` counts by name
    what it was asked, known or not, so that a test can see that nobody tried to change it."""

    def __init__(
        self, machine: Machine, dialect: Dialect, ids: Ids, faults: Faults, sample_secs: float
    ) -> None:
        self.machine = machine
        self.dialect = dialect
        self.ids = ids
        self.faults = faults
        self.records = Records(machine, dialect, ids, sample_secs)
        self.calls: Counter[str] = Counter()
        self.networks = 1
        self.clock_shift_ms = 0
        self.time: Callable[[], float] = lambda: 0.0
        self.wall: Callable[[], float] = lambda: 0.0

    def clock(self, clock_ms: int) -> int:
        """A time of the host's own clock as it goes out."""
        return wire_clock(clock_ms - self.clock_shift_ms)

    def moment(self) -> Moment:
        """Now."""
        now = self.time()
        return Moment(now, self.clock(self.machine.clock_ms(now)))

    def admit(self) -> None:
        """Raises Refused where a fault has every call refused."""
        for kind, code, message in _FAULTS:
            if self.faults.has(kind) and (
                kind is FaultKind.RECOVERING or self.faults.strikes(kind)
            ):
                raise Refused(code, message)
        self.records.stuck = self.faults.has(FaultKind.STUCK)
        self.records.guest_name = HOSTILE_NAME if self.faults.has(FaultKind.HOSTILE) else None

    def suffer(self, kind: FaultKind, amount: float, claims: list[Guest]) -> None:
        """Have a fault from now on; `claims` are the VMs to pretend to run, where it is that."""
        self.faults.on[kind] = amount
        if kind is FaultKind.CLOCK_BACK:
            self.clock_shift_ms = int(amount * 1000)
        elif kind is FaultKind.CLAIM:
            self.records.claim(claims, self.time())

    def recover(self, kind: FaultKind) -> None:
        """Have it no more."""
        self.faults.on.pop(kind, None)
        if kind is FaultKind.CLOCK_BACK:
            self.clock_shift_ms = 0
        elif kind is FaultKind.CLAIM:
            self.records.claim((), self.time())

    def stats(self, encoding: Encoding) -> bytes:
        """Of the host itself."""
        now = self.time()
        return encoding.value(host_stats(self.machine, self.dialect, now, now % 15, self.wall()))

    def capabilities(self, encoding: Encoding, peer: str) -> bytes:
        """What it is made of."""
        return encoding.value(capabilities(self.machine, self.dialect, self.networks, peer))

    def hardware(self, encoding: Encoding) -> bytes:
        """What its case says."""
        return encoding.value(hardware(self.machine))

    def all_vm_stats(self, encoding: Encoding) -> bytes:
        """All records."""
        return self.records.all(encoding, self.moment())

    def vm_stats(self, encoding: Encoding, vm: str) -> bytes:
        """One record, in a list. Raises Refused where there is no such VM."""
        moment = self.moment()
        told = self.records.one(vm, encoding, moment)
        if told is None:
            raise Refused(*NO_SUCH_VM)
        return told

    def vm_list(self, encoding: Encoding, full: bool, vms: list[str] | None) -> bytes:
        """Ids alone, or ids and statuses."""
        moment = self.moment()
        runs = {self.ids.wire(id)[0]: run for id, run in self.records.runs().items()}
        chosen = {id: run for id, run in runs.items() if vms is None or id in vms}
        if self.dialect.ids_only and not full:
            return encoding.value(list(chosen))
        return encoding.value([self._short(id, run, moment) for id, run in chosen.items()])

    def dump_xmls(self, encoding: Encoding, vms: list[str]) -> bytes:
        """What VMs are made of, all where none is named. Raises Refused where one is not here."""
        runs = {self.ids.wire(id)[0]: run for id, run in self.records.runs().items()}
        if any(vm not in runs for vm in vms):
            raise Refused(*NO_SUCH_VM)
        told = {
            vm: domain_xml(vm, self.ids.wire(runs[vm].guest.id)[1], runs[vm].listed)
            for vm in vms or runs
        }
        return encoding.value(told)

    def external_data(self, encoding: Encoding, vm: str, kind: str) -> bytes:
        """What a VM keeps outside of it. Raises Refused where there is no such VM, or data."""
        if self.records.find(vm) is None:
            raise Refused(*NO_SUCH_VM)
        if kind not in KINDS:
            raise Refused(100, f"Unknown external data kind: {kind!r:.20}")
        return encoding.value(external_data(vm, kind))

    def migration_status(self, encoding: Encoding, vm: str) -> bytes:
        """How far it has come. Raises Refused where there is no such VM."""
        moment = self.moment()
        run = self.records.find(vm)
        if run is None:
            raise Refused(*NO_SUCH_VM)
        progress = self.records.migration_progress(run, moment.now)
        status: Record = {"code": 0, "message": "Migration in progress"}
        if progress is None:
            status = {"code": 0, "message": "Done"}
        return encoding.value({"status": status, "progress": progress or 0})

    def _short(self, id: str, run: Run, moment: Moment) -> Record:
        known = VmStatus.UP if run.listed.status not in STATUS else run.listed.status
        short: Record = {"vmId": id, "status": STATUS[known]}
        if not self.dialect.old_stats:
            short["statusTime"] = str(moment.clock_ms)
        return short
