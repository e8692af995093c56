"""How each Question is asked: which call it takes, and in which lane.

Three lanes are three calls under way at most: states, statistics of VMs, and the host itself. So
statistics that hang take no states with them.
"""

from collections.abc import Callable
from typing import TypeVar

from vurti.decode import vdsm as decode
from vurti.decode.vdsm import VdsmDecodeError
from vurti.model import (
    Answer,
    Question,
    VdsCapabilitiesAnswer,
    VdsStatisticsAnswer,
    VmReport,
    VmStatesAnswer,
    VmStatisticsAnswer,
)
from vurti.sources.dial import Trouble
from vurti.sources.vdsm.connection import Connection, Refused
from vurti.sources.vdsm.short_list import CLOSER_LOOKS_MAX, ShortList, look_closer
from vurti.sources.vdsm.traffic import Traffic
from vurti.wire import jsonrpc
from vurti.wire.jsonrpc import Reply
from vurti.wire.vdsm_calls import GetAllVmStats, GetCapabilities, GetStats, GetVmList, GetVmStats

_STATES_LANE, _STATISTICS_LANE, _HOST_LANE = "states", "statistics", "host"

A = TypeVar("A")


class Asker:
    """Asks on whichever connection there is."""

    def __init__(self, short_polls: bool, traffic: Traffic) -> None:
        self._wants_short, self._traffic = short_polls, traffic
        self.forget()

    def forget(self) -> None:
        """Begin anew: what was known was heard on another connection."""
        self._short = self._wants_short
        self.known, self._told = ShortList(), decode.Known()

    def ask(self, connection: Connection, question: Question, until: float) -> Answer:
        """The answer. Raises Trouble, WireError or VdsmDecodeError where there is none by `until`
        (monotonic)."""
        match question:
            case Question.VMS:
                return self._states(connection, until)
            case Question.VM_STATISTICS:
                return self._vm_statistics(connection, until)
            case Question.VDS_STATISTICS:
                return self._vds_statistics(connection, until)
            case Question.CAPABILITIES:
                return self._capabilities(connection, until)
            case Question.DEVICES | Question.EXTERNAL_DATA:
                raise ValueError(f"{question} is not among its questions")

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
        return self._read(reply, lambda body: decode.capabilities(decode.parsed(body)))

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
