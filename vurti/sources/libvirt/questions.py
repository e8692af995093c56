"""How each Question is asked: which calls it takes, and what is kept from one time to the next.

Each question has a lane of its own on the connection, and so have the doubts of a state poll: five
at most, which is as many calls as a libvirtd works on for one client (and one more while a daemon
is still trying its emulators). So a QEMU that hangs takes its statistics with it, and the states of
all VMs are answered on.
"""

from collections.abc import Callable

from vurti.clock import Clock
from vurti.decode import libvirt as decode
from vurti.decode.domain import DomainXmlError, devices
from vurti.decode.libvirt import CpuSample, Doubt, Listener, Note, VcpuCount
from vurti.model import (
    Answer,
    PauseStatus,
    Question,
    VdsCapabilitiesAnswer,
    VdsStatisticsAnswer,
    VmDevice,
    VmDevicesAnswer,
    VmStatesAnswer,
    VmStatisticsAnswer,
)
from vurti.sources.dial import Trouble
from vurti.sources.libvirt.connection import Connection, Refused
from vurti.sources.libvirt.options import LibvirtOptions
from vurti.wire import libvirt_replies
from vurti.wire.libvirt_calls import (
    DomainRef,
    GetAllDomainStats,
    GetCapabilities,
    GetDiskErrors,
    GetHostname,
    GetJobStats,
    GetNodeCpuStats,
    GetNodeInfo,
    GetNodeMemoryStats,
    GetVersion,
    GetXmlDesc,
    Stats,
)
from vurti.wire.libvirt_replies import DomainStats
from vurti.wire.xdr import WireError

_SAMPLES = Stats.CPU_TOTAL | Stats.BALLOON | Stats.INTERFACE | Stats.BLOCK
_DOUBT_LANE = "doubts"
_XML_LANE = "capabilities XML"
_DISKS_MAX = 64
_NO_SPACE = 2
_UNSUPPORTED = 84  # "migration statistics are available only on the source host"


_Run = tuple[str, int, Doubt]
"""One run of one VM (its id and the domain's id of that run) and what was doubtful of it."""


class Asker:
    """Asks on whichever connection there is. `unreadable` counts records of VMs."""

    def __init__(
        self, driver: str, clock: Clock, options: LibvirtOptions, listener: Listener
    ) -> None:
        self.unreadable = 0
        self._driver, self._clock, self._options = driver, clock, options
        self._listener = listener
        self._asks: dict[Question, Callable[[Connection, float], Answer]] = {
            Question.VMS: self._states,
            Question.VM_STATISTICS: self._vm_statistics,
            Question.VDS_STATISTICS: self._vds_statistics,
            Question.CAPABILITIES: self._capabilities,
        }
        self.forget()

    def forget(self) -> None:
        """Begin anew: what was known of runs and counters belonged to another connection."""
        self._known: dict[_Run, Note] = {}
        self._domains: dict[str, DomainRef] = {}
        self._ran: dict[str, int] = {}
        self._last: tuple[bytes, int, VmStatesAnswer] | None = None
        self._vm_samples: dict[str, CpuSample] = {}
        self._vcpus: dict[DomainRef, VcpuCount] = {}
        self._cpu: dict[str, int] = {}
        self._vm_count: int | None = None
        self._made = decode.NOT_TOLD

    def ask(
        self, connection: Connection, question: Question, until: float, vms: tuple[str, ...] = ()
    ) -> Answer:
        """The answer, about `vms` where it is about some. Raises Trouble or WireError where there
        is none by `until` (monotonic)."""
        if question is Question.DEVICES:
            return self._devices(connection, vms, until)
        return self._asks[question](connection, until)

    def _states(self, connection: Connection, until: float) -> VmStatesAnswer:
        payload = connection.call(GetAllDomainStats(Stats.STATE), Question.VMS, until)
        heard = self._listener.count
        if self._last is not None and self._last[:2] == (payload, heard):
            return self._last[2]  # byte for byte as before: nobody needs to look at it again
        records = libvirt_replies.all_domain_stats(payload)
        certain = self._settle_doubts(connection, decode.doubts(records), until)
        answer = decode.states(records, self._notes(records))
        self._remember(records, answer)
        self._last = (payload, heard, answer) if certain else None
        return answer

    def _notes(self, records: list[DomainStats]) -> dict[str, Note]:
        notes = {}
        for record in records:
            vm, run = decode.vm_id(record.domain), record.domain.id
            errno = self._known.get((vm, run, Doubt.ERRNO))
            side = self._known.get((vm, run, Doubt.SIDE))
            heard = self._listener.note(vm)
            notes[vm] = Note(
                heard.pause_status or (errno.pause_status if errno else None),
                side.arriving if side else (False if self._ran.get(vm) == run else None),
                heard.ending,
            )
        return notes

    def _remember(self, records: list[DomainStats], answer: VmStatesAnswer) -> None:
        self._domains = {decode.vm_id(record.domain): record.domain for record in records}
        listed = frozenset(self._domains)
        still = {(decode.vm_id(ref), ref.id, doubt) for ref, doubt in decode.doubts(records)}
        self._known = {run: note for run, note in self._known.items() if run in still}
        self._ran = {
            decode.vm_id(record.domain): record.domain.id
            for record in records
            if record.fields.get("state.state") == decode.State.RUNNING
            or self._ran.get(decode.vm_id(record.domain)) == record.domain.id
        }
        self._vm_count = sum(record.domain.id >= 0 for record in records)
        self._listener.keep(listed)
        self.unreadable += len(answer.unreadable)

    def _settle_doubts(
        self, connection: Connection, doubts: list[tuple[DomainRef, Doubt]], until: float
    ) -> bool:
        """Ask what a state leaves open, once a run; whether nothing is left open now."""
        until = min(until, self._clock.now() + self._options.doubt_secs)
        for domain, doubt in doubts:
            run = (decode.vm_id(domain), domain.id, doubt)
            if run in self._known or self._heard_already(run):
                continue
            try:
                self._known[run] = self._note(connection, domain, doubt, until)
            except (Trouble, WireError):  # it stays open; the next poll asks again
                return False
        return True

    def _heard_already(self, run: _Run) -> bool:
        vm, _, doubt = run
        return doubt is Doubt.ERRNO and self._listener.note(vm).pause_status is not None

    def _note(self, connection: Connection, domain: DomainRef, doubt: Doubt, until: float) -> Note:
        if doubt is Doubt.ERRNO:
            reply = connection.call(GetDiskErrors(domain, _DISKS_MAX), _DOUBT_LANE, until)
            errors = libvirt_replies.disk_errors(reply).values()
            return Note(PauseStatus.ENOSPC if _NO_SPACE in errors else PauseStatus.EIO)
        try:
            connection.call(GetJobStats(domain), _DOUBT_LANE, until)
        except Refused as refusal:
            if refusal.code != _UNSUPPORTED:
                raise
            return Note(arriving=True)  # libvirt tells of a migration only where it starts
        return Note(arriving=False)

    def _vm_statistics(self, connection: Connection, until: float) -> VmStatisticsAnswer:
        payload = connection.call(GetAllDomainStats(_SAMPLES), Question.VM_STATISTICS, until)
        at = self._clock.now()
        records = libvirt_replies.all_domain_stats(payload)
        self._count_vcpus(connection, records, until)
        answer, self._vm_samples = decode.vm_statistics(records, at, self._vm_samples, self._vcpus)
        return answer

    def _count_vcpus(
        self, connection: Connection, records: list[DomainStats], until: float
    ) -> None:
        """Ask those VMs alone that are new here, or were asked too long ago: no event tells that
        vCPUs were plugged in."""
        since = self._clock.now() - self._options.vcpus_secs
        self._vcpus, uncounted = decode.still_counted(records, self._vcpus, since)
        if uncounted:
            call = GetAllDomainStats(Stats.VCPU, uncounted)
            payload = connection.call(call, Question.VM_STATISTICS, until)
            told = libvirt_replies.all_domain_stats(payload)
            self._vcpus |= decode.vcpu_counts(told, self._clock.now())

    def _devices(
        self, connection: Connection, vms: tuple[str, ...], until: float
    ) -> VmDevicesAnswer:
        """Of those that were listed last, one after the other: a QEMU that hangs may keep its XML
        to itself, so it is asked for where statistics would hang as well."""
        told: dict[str, tuple[VmDevice, ...]] = {}
        for vm in vms:
            if (domain := self._domains.get(vm)) is None:
                continue
            try:
                reply = connection.call(GetXmlDesc(domain), Question.VM_STATISTICS, until)
                told[vm] = devices(libvirt_replies.text(reply))
            except (Refused, WireError, DomainXmlError):  # it has just ended, or is broken
                self.unreadable += 1
        return VmDevicesAnswer(told)

    def _vds_statistics(self, connection: Connection, until: float) -> VdsStatisticsAnswer:
        lane = Question.VDS_STATISTICS
        _, size = libvirt_replies.node_counters(connection.call(GetNodeCpuStats(0), lane, until))
        reply = connection.call(GetNodeCpuStats(size), lane, until)
        cpu, _ = libvirt_replies.node_counters(reply)
        reply = connection.call(GetNodeMemoryStats(0), lane, until)
        _, size = libvirt_replies.node_counters(reply)
        reply = connection.call(GetNodeMemoryStats(size), lane, until)
        memory, _ = libvirt_replies.node_counters(reply)
        before, self._cpu = self._cpu, cpu
        return decode.vds_statistics(cpu, before, memory, self._vm_count)

    def _capabilities(self, connection: Connection, until: float) -> VdsCapabilitiesAnswer:
        lane = Question.CAPABILITIES
        node = libvirt_replies.node_info(connection.call(GetNodeInfo(), lane, until))
        hostname = libvirt_replies.text(connection.call(GetHostname(), lane, until))
        version = libvirt_replies.number(connection.call(GetVersion(), lane, until))
        made = self._made_of(connection, until)
        return decode.capabilities(node, hostname, version, self._driver.upper(), made)

    def _made_of(self, connection: Connection, until: float) -> decode.MadeOf:
        """What the daemon's own XML adds. A daemon that has to try its emulators first may take
        long over it: it has half the time that is left, and what it told last stands till then."""
        now = self._clock.now()
        try:
            reply = connection.call(GetCapabilities(), _XML_LANE, now + (until - now) / 2)
            self._made = decode.made_of(libvirt_replies.text(reply))
        except (Trouble, WireError):
            pass
        return self._made
