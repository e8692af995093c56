"""The Endpoint of one vdsm host over XML-RPC. It only answers: such hosts push nothing."""

from collections.abc import Callable

from vurti.clock import Clock, Task
from vurti.clock.port import Signal
from vurti.decode.vdsm import VdsmDecodeError
from vurti.model import Answer, Host, Miss, Missed, Poll, Push, Question, Snapshot
from vurti.sources.dial import Trouble
from vurti.sources.patching import require_patching
from vurti.sources.vdsm_xmlrpc.address import address, own_options
from vurti.sources.vdsm_xmlrpc.http import Poster
from vurti.sources.vdsm_xmlrpc.options import VdsmXmlRpcOptions
from vurti.sources.vdsm_xmlrpc.questions import Asker
from vurti.wire.error import WireError

_GRACE_SECS = 0.1  # a call that ends by itself says better why


class _Asked:
    """A question that is under way in a task of its own."""

    def __init__(self, ended: Signal) -> None:
        self.ended = ended
        self.outcome: Answer | Exception | None = None
        self.task: Task | None = None


class VdsmXmlRpcEndpoint:
    """One host. Raises UrlError at once for a URL that cannot be used, and NeedsPatching."""

    questions = frozenset(Question) - {Question.DEVICES, Question.EXTERNAL_DATA}

    def __init__(self, host: Host, clock: Clock, options: VdsmXmlRpcOptions) -> None:
        where, options = address(host.url), own_options(host.url, options)
        require_patching("vdsm_xmlrpc")
        self._host, self._clock = host.id, clock
        self._poster = Poster(where, clock, options)
        self._asker = Asker(self._poster)
        self._under_way: dict[_Asked, None] = {}
        self._open = False

    @property
    def bytes_in(self) -> int:
        """Bytes of answers received so far."""
        return self._poster.bytes_in

    @property
    def bytes_out(self) -> int:
        """Bytes of calls sent so far."""
        return self._poster.bytes_out

    @property
    def unreadable(self) -> int:
        """Records of VMs that could not be understood so far."""
        return self._asker.unreadable

    @property
    def mended(self) -> dict[str, int]:
        """How often an answer had to be cleansed, a call repeated, a VM isolated."""
        asker = self._asker
        return {
            "cleansed": asker.cleansed,
            "repeated": asker.repeated,
            "isolated": asker.isolated,
        }

    def open(self, on_push: Callable[[Push], None], on_resync: Callable[[str], None]) -> None:
        """Be ready to ask; the first question connects. Nobody will be called."""
        self._open = True

    def fetch(
        self, host: str, question: Question, timeout_secs: float, vms: tuple[str, ...] = ()
    ) -> Poll:
        """Ask the host one thing; whatever goes wrong is a Missed with its reason."""
        started = self._clock.now()
        if host != self._host or question not in self.questions:
            reason = f"{self._host} is not asked for {question} of {host} here"
            return Missed(host, question, Miss.MISMATCH, reason, started)
        outcome = self._bounded(question, started + timeout_secs)
        if isinstance(outcome, Trouble):
            return Missed(host, question, outcome.kind, outcome.reason, started)
        if isinstance(outcome, WireError | VdsmDecodeError):
            return Missed(host, question, Miss.DECODE, f"decode: {outcome}", started)
        if isinstance(outcome, Exception):
            raise outcome
        return Snapshot(host, started, outcome)

    def pushing(self, host: str) -> bool:
        """Never: XML-RPC has no pushes."""
        return False

    def close(self) -> None:
        """End all calls, which return Missed, and the connections."""
        self._open = False
        for asked in list(self._under_way):
            asked.ended.set()
            if asked.task is not None:
                asked.task.kill()
        self._poster.renew()

    def _bounded(self, question: Question, until: float) -> Answer | Exception:
        """The outcome by `until`, and a little later at most, wherever the host makes us wait. The
        library in between knows no deadline for a whole answer, and must not be interrupted: so it
        runs in a task of its own, which is ended with its connections."""
        if not self._open:
            return Trouble(Miss.NETWORK, "the endpoint is not open")
        asked = _Asked(self._clock.signal())
        self._under_way[asked] = None
        asked.task = self._clock.spawn(self._run, asked, question, until)
        try:
            if not asked.ended.wait(until + _GRACE_SECS):
                asked.task.kill()
                self._poster.renew()
                return Trouble(Miss.TIMEOUT, "no whole answer in time: it came drop by drop")
        finally:
            asked.task.kill()  # who asked may have been ended itself
            self._under_way.pop(asked, None)
        return asked.outcome or Trouble(Miss.NETWORK, "the endpoint was closed")

    def _run(self, asked: _Asked, question: Question, until: float) -> None:
        try:
            asked.outcome = self._asker.ask(question, until)
        except Exception as error:  # noqa: BLE001 - who asked is told; also of what is a bug of ours
            asked.outcome = error
        finally:
            asked.ended.set()
