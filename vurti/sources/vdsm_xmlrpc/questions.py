"""How each Question is asked over XML-RPC, and what is done where an answer is spoilt.

One guest can spoil the answer about all VMs: by a name that no XML can carry, or by vanishing while
the host walks over its list, which gives code 16. The first is mended, the second asked again; and
where that does not help, the VMs are asked for one by one, so that only the offender is missing.
"""

from collections.abc import Callable

from vurti.decode import vdsm as decode
from vurti.decode.vdsm import VdsmDecodeError
from vurti.model import (
    Answer,
    Miss,
    Question,
    VdsCapabilitiesAnswer,
    VmReport,
    VmStatesAnswer,
    VmStatisticsAnswer,
)
from vurti.sources.dial import Trouble
from vurti.sources.vdsm_xmlrpc.http import Poster
from vurti.wire import vdsm_xmlrpc, xmlrpc
from vurti.wire.error import WireError
from vurti.wire.vdsm_calls import (
    GetAllVmStats,
    GetCapabilities,
    GetHardwareInfo,
    GetStats,
    GetVmList,
    GetVmStats,
)
from vurti.wire.vdsm_xmlrpc import Refusal, XmlCall
from vurti.wire.xmlrpc import Malformed

_NO_SUCH_VM, _UNEXPECTED = 1, 16
_PASSING = {99: Miss.RECOVERING, 1100: Miss.OVERLOADED}


class Refused(Trouble):
    """The host said no; `code` is vdsm's own."""

    def __init__(self, call: XmlCall, refusal: Refusal) -> None:
        name, code = vdsm_xmlrpc.name(call), refusal.code
        reason = f"{name} refused: {refusal.message!r:.200} (code {code})"
        super().__init__(_PASSING.get(code, Miss.BAD_REPLY), reason)
        self.code = code


class Asker:
    """Asks over whatever connections there are. What went wrong on the way is counted: answers that
    had to be `cleansed`, calls `repeated`, VMs told by the list alone since their own answer was
    spoilt (`isolated`), and records that were `unreadable`."""

    def __init__(self, poster: Poster) -> None:
        self.cleansed = self.repeated = self.isolated = self.unreadable = 0
        self._poster, self._told = poster, decode.Known()
        self._hardware = True
        self._asks: dict[Question, Callable[[float], Answer]] = {
            Question.VMS: self._states,
            Question.VM_STATISTICS: self._vm_statistics,
            Question.VDS_STATISTICS: self._vds_statistics,
            Question.CAPABILITIES: self._capabilities,
        }

    def ask(self, question: Question, until: float) -> Answer:
        """The answer by `until` (monotonic). Raises Trouble, WireError and VdsmDecodeError."""
        return self._asks[question](until)

    def _states(self, until: float) -> VmStatesAnswer:
        stats, offenders = self._all_vms(until)
        answer = decode.vm_states(stats, self._told)
        return self._with(offenders, answer)

    def _vm_statistics(self, until: float) -> VmStatisticsAnswer:
        stats, offenders = self._all_vms(until)
        answer = decode.vm_statistics(stats, self._told)
        assert answer.states is not None
        return VmStatisticsAnswer(answer.vms, self._with(offenders, answer.states))

    def _vds_statistics(self, until: float) -> Answer:
        return decode.vds_statistics(self._call(GetStats(), until))

    def _capabilities(self, until: float) -> Answer:
        answer = decode.capabilities(self._call(GetCapabilities(), until))
        return self._with_hardware(answer, until) if self._hardware else answer

    def _with_hardware(self, answer: VdsCapabilitiesAnswer, until: float) -> Answer:
        """Who made it is nice to know, and no more: a host that cannot tell is not asked again."""
        self._hardware = False
        try:
            told = decode.with_hardware(answer, self._call(GetHardwareInfo(), until))
        except (Trouble, WireError, VdsmDecodeError):
            return answer
        self._hardware = True
        return told

    def _with(self, offenders: VmStatesAnswer | None, answer: VmStatesAnswer) -> VmStatesAnswer:
        if offenders is not None:
            complete = answer.complete and offenders.complete
            unreadable = (*answer.unreadable, *offenders.unreadable)
            vms: dict[str, VmReport] = {**answer.vms, **offenders.vms}
            answer = VmStatesAnswer(vms, complete, answer.absence, unreadable)
        self.unreadable += len(answer.unreadable)
        return answer

    def _all_vms(self, until: float) -> tuple[list[object], VmStatesAnswer | None]:
        """The statistics of all VMs, and what is known of those whose own are spoilt."""
        try:
            return _list(self._call(GetAllVmStats(), until)), None
        except Malformed:
            return self._one_by_one(until)
        except Refused as refusal:
            if refusal.code != _UNEXPECTED:
                raise
            return self._one_by_one(until)

    def _one_by_one(self, until: float) -> tuple[list[object], VmStatesAnswer]:
        listed = decode.vm_list(self._call(GetVmList(), until))
        if isinstance(listed, list):
            listed = VmStatesAnswer({}, unreadable=tuple(listed))
        stats: list[object] = []
        vms: dict[str, VmReport] = {}
        unreadable: list[str] = []
        for vm in (*listed.vms, *filter(None, listed.unreadable)):
            try:
                stats += _list(self._call(GetVmStats(vm), until))
            except (Refused, WireError) as error:
                if isinstance(error, Refused) and error.code == _NO_SUCH_VM:
                    continue  # it ended meanwhile, and the host says so
                self.isolated += 1
                if vm in listed.vms:
                    vms[vm] = listed.vms[vm]
                else:
                    unreadable.append(vm)
        return stats, VmStatesAnswer(vms, listed.complete, unreadable=tuple(unreadable))

    def _call(self, call: XmlCall, until: float) -> object:
        """What the host answers; once more where it says that something unexpected happened."""
        told = self._once(call, until)
        if isinstance(told, Refusal) and told.code == _UNEXPECTED:
            self.repeated += 1
            told = self._once(call, until)
        if isinstance(told, Refusal):
            raise Refused(call, told)
        return told

    def _once(self, call: XmlCall, until: float) -> object:
        body = self._poster.post(vdsm_xmlrpc.pack(call), until)
        try:
            return vdsm_xmlrpc.unpack(call, body)
        except Malformed:
            clean = xmlrpc.cleansed(body)
            if clean == body:
                raise
            told = vdsm_xmlrpc.unpack(call, clean)
            self.cleansed += 1
            return told


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise WireError(f"a list of VMs was asked for, not {type(value).__name__}")
    return value
