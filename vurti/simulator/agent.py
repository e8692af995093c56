"""An agent beside a host that answers in JSON over HTTP: vurti's own answer, in its version 1.

Written from what the format says, apart from what reads it.
"""

from hashlib import blake2b
from urllib.parse import parse_qs

from msgspec.structs import asdict

from vurti.simulator.daemon import Daemon, Refused
from vurti.simulator.encoding import to_json
from vurti.simulator.faults import HOSTILE_NAME, FaultKind
from vurti.simulator.vm_stats import Record
from vurti.world.values import Listed, Notice

PATH = "/vurti"
STREAM = "application/x-ndjson"
BEAT_SECS = 10.0
_KINDS = {99: "recovering", 1100: "overloaded"}


class Agent:
    """Answers one host's questions; see docs/sources.md for the format."""

    def __init__(self, daemon: Daemon) -> None:
        self._daemon = daemon

    def answer(self, query: str) -> tuple[bytes, str]:
        """The answer to a GET, and its ETag."""
        question = parse_qs(query).get("question", [""])[-1]
        self._daemon.calls[f"GET {question}"] += 1
        try:
            self._daemon.admit()
            host = self._host(question)
        except Refused as error:
            kind = _KINDS.get(error.code, "bad_reply")
            host = {"missed": {"kind": kind, "reason": error.message}}
        told = to_json({"version": 1, "host": host})
        return told, f'"{blake2b(told, digest_size=12).hexdigest()}"'

    def line(self, notice: Notice) -> bytes:
        """One push."""
        news = self._vm(notice.vm)
        if notice.rebooted:
            news["rebooted"] = True
        if notice.watchdog is not None:
            news["watchdog"] = notice.watchdog
        clock_ms = notice.clock_ms - self._daemon.clock_shift_ms
        id, _ = self._daemon.ids.wire(notice.vm.id)
        return to_json({"notify_time": clock_ms, "vms": {id: news}}) + b"\n"

    def _host(self, question: str) -> Record:
        """What was asked for; everything where nothing was named."""
        daemon, now = self._daemon, self._daemon.time()
        host: Record = {}
        if question in ("vms", "vm_stats", ""):
            host = {"complete": True, "absence": "gone"} | self._vms(question, now)
        if question in ("stats", ""):
            host["statistics"] = asdict(daemon.machine.sample(now))
        if question in ("caps", ""):
            host["capabilities"] = asdict(daemon.machine.facts)
        return host

    def _vms(self, question: str, now: float) -> Record:
        vms: Record = {}
        for id, run in self._daemon.records.runs().items():
            vm = self._vm(run.listed)
            if question != "vms" and run.listed.exit_status is None:
                vm["statistics"] = asdict(run.sample(now))
            vms[self._daemon.ids.wire(id)[0]] = vm
        return {"vms": vms}

    def _vm(self, listed: Listed) -> Record:
        vm: Record = {
            "name": HOSTILE_NAME if self._daemon.faults.has(FaultKind.HOSTILE) else listed.name,
            "status": "NotResponding" if self._stuck(listed) else listed.status.value,
            "pause_status": listed.pause_status.value,
            "begun": listed.begun.value,
            "status_time": listed.status_time - self._daemon.clock_shift_ms,
        }
        if listed.exit_status is None:
            vm["guest"] = {"client_ip": listed.client_ip}
        if listed.exit_status is not None and listed.exit_reason is not None:
            vm |= {
                "exit_status": listed.exit_status.value,
                "exit_reason": listed.exit_reason.value,
                "exit_message": listed.exit_message,
            }
        return vm

    def _stuck(self, listed: Listed) -> bool:
        return listed.status.value == "Up" and self._daemon.faults.has(FaultKind.STUCK)
