"""What a host wrote, through the decoder of its source: the very one that production has."""

from collections.abc import Callable

import msgspec
from msgspec.structs import replace

from vurti.decode import json_http, vdsm
from vurti.errors import VurtiError
from vurti.model import Answer, Miss, Missed, Poll, Push, Question, Snapshot
from vurti.testing.checks.given import NOW
from vurti.wire import vdsm_xmlrpc, xmlrpc
from vurti.wire.error import WireError
from vurti.wire.vdsm_calls import GetAllVmStats, GetCapabilities, GetStats

SOURCES = ("vdsm", "vdsm_xmlrpc", "json")
"""The sources whose words are text."""


def heard(source: str, host: str, text: str, question: Question, pushed: bool) -> Poll | Push:
    """A poll or a push of that host. What cannot be understood is a miss, as in production, with
    the reason; a push that cannot be raises VurtiError: production drops it."""
    if pushed:
        return _pushed(source, host, text)
    try:
        answer = _ANSWERS[source](text, question)
    except WireError as error:
        return Missed(host, question, Miss.BAD_REPLY, str(error), NOW)
    except VurtiError as error:
        return Missed(host, question, Miss.DECODE, str(error), NOW)
    if isinstance(answer, json_http.Told):
        return Missed(host, question, answer.kind, answer.reason, NOW)
    return Snapshot(host, NOW, answer)


def _pushed(source: str, host: str, text: str) -> Push:
    if source == "json":
        line = json_http.push_line(text.encode())
        return replace(line.push, host=host)
    reports, time = vdsm.vm_status_event(vdsm.parsed(text.encode()))
    return Push(host, reports, time)


def _vdsm(text: str, question: Question) -> Answer:
    """The result of a call, or the whole reply that has it."""
    told = vdsm.parsed(text.encode())
    if isinstance(told, dict) and "result" in told:
        told = told["result"]
    match question:
        case Question.VMS:
            return vdsm.vm_states_json(msgspec.json.encode(told))
        case Question.VM_STATISTICS:
            return vdsm.vm_statistics_json(msgspec.json.encode(told))
    return _of_host(told, question)


def _xmlrpc(text: str, question: Question) -> Answer:
    call = _CALLS.get(question)
    if call is None:
        raise VurtiError(f"answers to {question} cannot be given raw")
    told = vdsm_xmlrpc.unpack(call, xmlrpc.cleansed(text.encode()))
    if isinstance(told, vdsm_xmlrpc.Refusal):
        raise WireError(f"refused with code {told.code}: {told.message}")
    if not isinstance(told, list):
        return _of_host(told, question)
    of_states = question is Question.VMS
    return vdsm.vm_states(told) if of_states else vdsm.vm_statistics(told)


def _of_host(told: object, question: Question) -> Answer:
    if question is Question.CAPABILITIES:
        return vdsm.capabilities(told)
    if question is Question.VDS_STATISTICS:
        return vdsm.vds_statistics(told)
    raise VurtiError(f"answers to {question} cannot be given raw")


def _json(text: str, question: Question) -> Answer | json_http.Told:
    read = json_http.document(text.encode())
    if not isinstance(read.hosts, dict):
        return json_http.answer(read.host, question)
    if len(read.hosts) != 1:
        raise VurtiError("a test's answer is that of one host")
    (record,) = read.hosts.values()
    return json_http.answer(record, question)


_CALLS: dict[Question, vdsm_xmlrpc.XmlCall] = {
    Question.VMS: GetAllVmStats(),
    Question.VM_STATISTICS: GetAllVmStats(),
    Question.VDS_STATISTICS: GetStats(),
    Question.CAPABILITIES: GetCapabilities(),
}
_ANSWERS: dict[str, Callable[[str, Question], "Answer | json_http.Told"]] = {
    "vdsm": _vdsm,
    "vdsm_xmlrpc": _xmlrpc,
    "json": _json,
}
