"""The endpoint of one simulated host."""

from collections.abc import Callable
from difflib import get_close_matches
from urllib.parse import urlsplit

from vurti.clock import Clock
from vurti.clock.port import Signal
from vurti.decode import sim as decode
from vurti.errors import Complaint, ConfigError
from vurti.model import (
    Answer,
    Host,
    Miss,
    Missed,
    Poll,
    Push,
    Question,
    Snapshot,
    VmStatesAnswer,
)
from vurti.sources.sim.options import SimOptions
from vurti.sources.sim.shared import Ears, SharedWorld, shared_world
from vurti.world import Link, Listing, Machine, Notice


class SimEndpoint:
    """Asks one host of a shared world, and listens to it. It behaves as a connection would: refused
    at once by a dead host, silent until the time is over with one that hangs."""

    questions = frozenset(Question) - {Question.EXTERNAL_DATA}

    def __init__(
        self, host: Host, machine: Machine, shared: SharedWorld, clock: Clock, options: SimOptions
    ) -> None:
        self._id = host.id
        self._machine = machine
        self._shared = shared.hold()
        self._clock = clock
        self._options = options
        self._ears: Ears | None = None
        self._closed = False
        self._turned: Signal = clock.signal()  # set, and replaced, when the way it answers changes
        self._listing: Listing | None = None
        self._states: VmStatesAnswer | None = None
        self.pushed = 0

    def open(self, on_push: Callable[[Push], None], on_resync: Callable[[str], None]) -> None:
        """Listen; see Endpoint. Raises RuntimeError when called twice or after `close`."""
        if self._ears is not None or self._closed:
            raise RuntimeError("an endpoint is opened once")

        def heard(notice: Notice) -> None:
            if self._options.pushes:
                self.pushed += 1
                on_push(decode.push(notice, self._id))

        def turned() -> None:
            self._wake()
            if self._options.pushes and self._machine.link is Link.ANSWERS:
                on_resync(self._id)

        self._ears = Ears(heard, turned)
        self._shared.listen(self._machine.id, self._ears)

    def fetch(
        self, host: str, question: Question, timeout_secs: float, vms: tuple[str, ...] = ()
    ) -> Poll:
        """Ask; see Endpoint."""
        started = self._clock.now()
        if host != self._id or question not in self.questions:
            reason = f"{self._id} is not asked for {question} of {host} here"
            return Missed(host, question, Miss.MISMATCH, reason, started)
        self._shared.catch_up()
        if self._machine.link is Link.REFUSES:
            return self._missed(question, started, Miss.NETWORK, "connection refused")
        due = started + self._options.latency_secs + self._machine.slow_secs
        deadline = started + timeout_secs
        while not self._broken():
            now = self._clock.now()
            answers = self._machine.link is Link.ANSWERS
            if answers and now >= due:
                return Snapshot(self._id, started, self._answer(question, vms))
            if now >= deadline:
                reason = f"no answer within {timeout_secs:g} s"
                return self._missed(question, started, Miss.TIMEOUT, reason)
            self._turned.wait(min(due, deadline) if answers and now < due else deadline)
            self._shared.catch_up()
        why = "closed" if self._ears is None or self._closed else "connection reset by peer"
        return self._missed(question, started, Miss.NETWORK, why)

    def pushing(self, host: str) -> bool:
        """Whether it tells of changes by itself just now; see Endpoint."""
        return self._options.pushes and self._ears is not None and not self._broken()

    def close(self) -> None:
        """Let go of the world; see Endpoint."""
        if self._closed:
            return
        self._closed = True
        if self._ears is not None:
            self._shared.unlisten(self._machine.id, self._ears)
        self._wake()
        self._shared.release()

    def _broken(self) -> bool:
        return self._closed or self._ears is None or self._machine.link is Link.REFUSES

    def _wake(self) -> None:
        turned, self._turned = self._turned, self._clock.signal()
        turned.set()

    def _answer(self, question: Question, vms: tuple[str, ...]) -> Answer:
        now = self._shared.world.now
        match question:
            case Question.VMS:
                return self._vm_states()
            case Question.VM_STATISTICS:
                return decode.vm_statistics(self._machine.vm_samples(now))
            case Question.VDS_STATISTICS:
                return decode.vds_statistics(self._machine.sample(now))
            case Question.CAPABILITIES:
                return decode.vds_capabilities(self._machine.facts)
            case Question.DEVICES:
                listed = self._machine.states().vms
                return decode.vm_devices(one for one in listed if one.id in vms)
            case Question.EXTERNAL_DATA:
                raise ValueError(f"{question} is not among its questions")

    def _vm_states(self) -> VmStatesAnswer:
        """The very same object until something on the host changes: it costs nothing then."""
        listing = self._machine.states()
        if self._states is None or listing is not self._listing:
            self._listing, self._states = listing, decode.vm_states(listing)
        return self._states

    def _missed(self, question: Question, started: float, kind: Miss, reason: str) -> Missed:
        return Missed(self._id, question, kind, reason, started)


def open_endpoint(host: Host, clock: Clock, options: SimOptions) -> SimEndpoint:
    """The endpoint for `sim://HOSTNAME` or `sim://WORLD/HOSTNAME`.

    Raises ConfigError for another form, or a host that a world of fixed size does not have.
    """
    world, hostname = _parts(host)
    shared = shared_world(clock, options, world)
    if options.hosts and hostname not in shared.world.machines:
        near = get_close_matches(hostname, shared.world.machines, 1)
        raise _wrong(
            host,
            f"the simulated world has no host {hostname!r}",
            f"did you mean {near[0]!r}?" if near else f"it has host-1 to host-{options.hosts}",
        )
    return SimEndpoint(host, shared.world.join(hostname), shared, clock, options)


def check(url: str) -> str | None:
    """What is wrong with a URL that shall name a simulated host; None where nothing is."""
    parts = urlsplit(url)
    misplaced = "/" in parts.path.strip("/") or parts.query or parts.fragment
    if parts.scheme != "sim" or not parts.netloc or misplaced:
        return f"{url!r} does not name a simulated host (write sim://HOSTNAME)"
    return None


def _parts(host: Host) -> tuple[str, str]:
    wrong = check(host.url)
    if wrong is not None:
        raise _wrong(host, wrong)
    url = urlsplit(host.url)
    first, second = url.netloc, url.path.strip("/")
    return (first, second) if second else ("", first)


def _wrong(host: Host, what: str, way_out: str = "") -> ConfigError:
    return ConfigError([Complaint(f"[hosts.{host.id}]", "url", what, way_out)])
