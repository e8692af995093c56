"""How each Question is asked: which call it takes, and in which lane.

Four lanes are four calls under way at most: states, statistics of VMs, the host itself, and the
rest: single VMs, and who made the host. So statistics that hang take no states with them.
"""

from collections.abc import Callable
from typing import TypeVar

from vurti.decode import vdsm as decode
from vurti.decode.vdsm import VdsmDecodeError
from vurti.model import (
    Answer,
    Miss,
    Question,
    VdsCapabilitiesAnswer,
    VdsStatisticsAnswer,
    VmDevice,
    VmDevicesAnswer,
    VmExternalDataAnswer,
    VmReport,
    VmStatesAnswer,
    VmStatisticsAnswer,
)
from vurti.sources.dial import Trouble
from vurti.sources.vdsm.connection import Connection, Refused
from vurti.sources.vdsm.short_list import CLOSER_LOOKS_MAX, ShortList, look_closer
from vurti.sources.vdsm.traffic import Traffic
from vurti.wire import jsonrpc
from vurti.wire.error import WireError
from vurti.wire.jsonrpc import METHOD_NOT_FOUND, Reply
from vurti.wire.vdsm_calls import (
    DumpXmls,
    ExternalData,
    GetAllVmStats,
    GetCapabilities,
    GetExternalData,
    GetHardwareInfo,
    GetStats,
    GetVmList,
    GetVmStats,
)

_STATES_LANE, _STATISTICS_LANE, _HOST_LANE, _REST_LANE = "states", "statistics", "host", "rest"
_NO_SUCH_VM = 1

A = TypeVar("A")


class Asker:
    """Asks on whichever connection there is."""

    def __init__(self, short_polls: bool, traffic: Traffic) -> None:
        self._wants_short, self._traffic = short_polls, traffic
        self.forget()

    def forget(self) -> None:
        """Begin anew: what was known was heard on another connection."""
        self._short = self._wants_short
        self._hardware = self._tells_devices = True  # until it says that it knows no such call
        self.known, self._told = ShortList(), decode.Known()

    def ask(
        self, connection: Connection, question: Question, until: float, vms: tuple[str, ...] = ()
    ) -> Answer:
        """The answer, about `vms` where it is about some. Raises Trouble, WireError or
        VdsmDecodeError where there is none by `until` (monotonic)."""
        match question:
            case Question.VMS:
                return self._states(connection, until)
            case Question.VM_STATISTICS:
                return self._vm_statistics(connection, until)
            case Question.VDS_STATISTICS:
                return self._vds_statistics(connection, until)
            case Question.CAPABILITIES:
                return self._capabilities(connection, until)
            case Question.DEVICES:
                return self._devices(connection, vms, until)
            case Question.EXTERNAL_DATA:
                return self._external_data(connection, vms, until)

    def _states(self, connection: Connection, until: float) -> VmStatesAnswer:
        states = self._short_states(connection, until) if self._short else None
        return states if states is not None else self._all_states(connection, until)

    def _all_states(self, connection: Connection, until: float) -> VmStatesAnswer:
        reply = connection.call(GetAllVmStats(), _STATES_LANE, until)
        told = self._told
        return self._counted(self._read(reply, lambda body: decode.vm_states_json(body, told)))

    def _counted(self, states: VmStatesAnswer) -> VmStatesAnswer:
        self._traffic.unreadable += len(states.unreadable)
        if self._short:
            self.known.learn(states)
        return states

    def _short_states(self, connection: Connection, until: float) -> VmStatesAnswer | None:
        """None where the host's list has no statuses, or too little of what we need to know."""
        reply = connection.call(GetVmList(), _STATES_LANE, until)
        listed = self._read(reply, lambda body: decode.vm_list(decode.parsed(body)))
        if isinstance(listed, list):
            self._short = False  # it will not on the next poll either
            return None
        unclear = self.known.unclear(listed)
        if len(unclear) > CLOSER_LOOKS_MAX:
            return None
        self._traffic.unreadable += len(listed.unreadable)
        left = look_closer(unclear, lambda vm: self._one(connection, vm, until), self.known)
        return self.known.completed(listed, left)

    def _one(self, connection: Connection, vm: str, until: float) -> VmReport | None:
        """All about one VM; None where that cannot be had: the next poll asks again."""
        try:
            reply = connection.call(GetVmStats(vm), _STATES_LANE, until)
            return self._read(reply, decode.vm_states_json).vms.get(vm)
        except (Refused, VdsmDecodeError):
            return None
        except Trouble:
            if connection.trouble is not None:
                raise
            return None

    def _vm_statistics(self, connection: Connection, until: float) -> VmStatisticsAnswer:
        reply = connection.call(GetAllVmStats(), _STATISTICS_LANE, until)
        told = self._told
        answer = self._read(reply, lambda body: decode.vm_statistics_json(body, told))
        if answer.states is not None:
            self._counted(answer.states)
        return answer

    def _vds_statistics(self, connection: Connection, until: float) -> VdsStatisticsAnswer:
        reply = connection.call(GetStats(), _HOST_LANE, until)
        return self._read(reply, lambda body: decode.vds_statistics(decode.parsed(body)))

    def _capabilities(self, connection: Connection, until: float) -> VdsCapabilitiesAnswer:
        reply = connection.call(GetCapabilities(), _HOST_LANE, until)
        answer = self._read(reply, lambda body: decode.capabilities(decode.parsed(body)))
        return self._with_hardware(connection, answer, until) if self._hardware else answer

    def _with_hardware(
        self, connection: Connection, answer: VdsCapabilitiesAnswer, until: float
    ) -> VdsCapabilitiesAnswer:
        """Who made it is nice to know, and no more: a host that cannot tell is not asked again on
        this connection."""
        self._hardware = False
        try:
            reply = connection.call(GetHardwareInfo(), _REST_LANE, until)
            told = self._read(reply, lambda body: decode.with_hardware(answer, decode.parsed(body)))
        except (Trouble, WireError, VdsmDecodeError):
            return answer
        self._hardware = True
        return told

    def _devices(
        self, connection: Connection, vms: tuple[str, ...], until: float
    ) -> VmDevicesAnswer:
        """Where the host refuses for one that it does not have, each is asked about by itself. One
        that does not know the call is not asked again: it can tell of none."""
        if not vms or not self._tells_devices:
            return VmDevicesAnswer({})
        try:
            return self._dumped(connection, vms, until)
        except Refused as refusal:
            if refusal.code == METHOD_NOT_FOUND:
                self._tells_devices = False
                return VmDevicesAnswer({})
            if refusal.code != _NO_SUCH_VM:
                raise
        told: dict[str, tuple[VmDevice, ...]] = {}
        for vm in vms if len(vms) > 1 else ():
            try:
                told |= self._dumped(connection, (vm,), until).vms
            except Refused as refusal:
                if refusal.code != _NO_SUCH_VM:
                    raise
        return VmDevicesAnswer(told)

    def _dumped(
        self, connection: Connection, vms: tuple[str, ...], until: float
    ) -> VmDevicesAnswer:
        reply = connection.call(DumpXmls(vms), _REST_LANE, until)
        answer, broken = self._read(reply, lambda body: decode.vm_devices(decode.parsed(body), vms))
        self._traffic.unreadable += broken
        return answer

    def _external_data(
        self, connection: Connection, vms: tuple[str, ...], until: float
    ) -> VmExternalDataAnswer:
        if len(vms) != 1:
            raise Trouble(Miss.BUSY, f"external data are of one VM, not of {len(vms)}")
        (vm,) = vms
        tpm, nvram = (self._kept(connection, vm, kind, until) for kind in ExternalData)
        return VmExternalDataAnswer(vm, tpm, nvram)

    def _kept(
        self, connection: Connection, vm: str, kind: ExternalData, until: float
    ) -> bytes | None:
        """A host that does not know of such data keeps none."""
        try:
            reply = connection.call(GetExternalData(vm, kind), _REST_LANE, until)
        except Refused as refusal:
            if refusal.code != METHOD_NOT_FOUND:
                raise
            return None
        return self._read(reply, lambda body: decode.external_data(decode.parsed(body)))

    def _read(self, reply: Reply, read: Callable[[bytes], A]) -> A:
        """What the reply says. One that cannot be read is looked at byte for byte before it is
        given up: a result that was cut out unread may have been cut wrongly."""
        try:
            return read(reply.result or b"")
        except VdsmDecodeError:
            again = jsonrpc.reread(reply)
            if again.result is None or again.result == reply.result:
                raise
            self._traffic.mended += again.mended
            return read(again.result)
