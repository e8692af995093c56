"""Making values of what a host answers."""

import json
import xmlrpc.client
from collections.abc import Callable, Iterator
from functools import partial

from benchmarks import limits, side_by_side
from benchmarks.peer import book, libvirt
from benchmarks.peer.book import Book
from benchmarks.peer.host import Host
from benchmarks.peer.spoken import XML_ANSWER
from benchmarks.registry import OURS, Figure, Run, benchmark
from vurti.decode import json_http
from vurti.decode import libvirt as decode_libvirt
from vurti.decode import vdsm as decode_vdsm
from vurti.model import Question
from vurti.simulator.encoding import XML
from vurti.wire import libvirt_replies, vdsm_xmlrpc
from vurti.wire.vdsm_calls import GetAllVmStats

VMS, ANSWERS, XML_ANSWERS, CHANGING = 30, 400, 40, 0.01
Read = Callable[[bytes], object]


@benchmark("decode", "Decoding", "µs a VM")
def decoding(run: Run) -> Iterator[Figure]:
    """The bodies of answers about 30 VMs, of which each has other samples than the one before, and
    1 % of the VMs another state. vurti makes of them what it decides about. msgspec decodes 13
    fields of each VM, orjson all of it, and json and xmlrpc.client as the old way did."""
    for row, (bodies, ways) in _rows(run).items():
        made = {name: partial(all_read, bodies, make) for name, make in ways.items()}
        yield from side_by_side.rounds(run.rounds, row, made, len(bodies) * VMS)


def all_read(bodies: list[bytes], make: Callable[[], Read]) -> Callable[[], None]:
    """What reads them all, by a reader that was just made."""
    read = make()

    def run() -> None:
        for body in bodies:
            read(body)

    return run


def _rows(run: Run) -> dict[str, tuple[list[bytes], dict[str, Callable[[], Read]]]]:
    many, few = run.many(ANSWERS), run.many(XML_ANSWERS)
    usual = {
        limits.ORJSON.removeprefix("receive, "): lambda: limits.reader(limits.ORJSON),
        "json": lambda: json.loads,
    }
    typed = {"msgspec": lambda: limits.reader(limits.MSGSPEC_LIST)}
    states = bodies(libvirt.book(VMS, libvirt.STATE), many)
    vdsm, agent = bodies(book.vdsm(VMS), many), bodies(book.agent(VMS), many)
    xml = [XML_ANSWER % (b"statsList", one) for one in bodies(book.vdsm(VMS, XML), few)]
    return {
        "vdsm, states": (vdsm, {OURS: vdsm_states, **typed, **usual}),
        "vdsm, statistics": (vdsm, {OURS: _vdsm_statistics, **typed, **usual}),
        "agent, states": (agent, {OURS: partial(_agent, Question.VMS), **usual}),
        "agent, statistics": (agent, {OURS: partial(_agent, Question.VM_STATISTICS), **usual}),
        "XML-RPC, states": (xml, {OURS: _xml_states, "xmlrpc.client": lambda: _plain_xml}),
        "libvirt, states": (states, {OURS: lambda: _libvirt}),
    }  # fmt: skip


def bodies(pages: Book, count: int) -> list[bytes]:
    """What a host answers, one time after the other."""
    host = Host(1, CHANGING)
    return [host.all_vms(pages) for _ in range(count)]


def vdsm_states() -> Read:
    """As the source does, from one answer to the next."""
    known = decode_vdsm.Known()
    return lambda body: decode_vdsm.vm_states_json(body, known)


def _vdsm_statistics() -> Read:
    known = decode_vdsm.Known()
    return lambda body: decode_vdsm.vm_statistics_json(body, known)


def _agent(question: Question) -> Read:
    return lambda body: json_http.answer(json_http.document(body).host, question)


def _xml_states() -> Read:
    known, call = decode_vdsm.Known(), GetAllVmStats()
    return lambda body: decode_vdsm.vm_states(vdsm_xmlrpc.unpack(call, body), known)  # type: ignore[arg-type]  # a list


def _plain_xml(body: bytes) -> object:
    return xmlrpc.client.loads(body)


def _libvirt(body: bytes) -> object:
    return decode_libvirt.states(libvirt_replies.all_domain_stats(body), {})
