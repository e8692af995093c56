"""The Endpoint of one vdsm host: its questions as calls, its answers and its news as values."""

import random
from collections.abc import Callable

from vurti.clock import Clock
from vurti.decode import vdsm as decode
from vurti.decode.vdsm import VdsmDecodeError
from vurti.model import Host, Miss, Missed, Poll, Push, Question, Snapshot
from vurti.sources.dial import Trouble
from vurti.sources.link import Link
from vurti.sources.vdsm.address import address, own_options
from vurti.sources.vdsm.greeting import Greeting
from vurti.sources.vdsm.options import VdsmOptions
from vurti.sources.vdsm.questions import Asker
from vurti.wire.error import WireError
from vurti.wire.jsonrpc import Notification


class VdsmEndpoint:
    """One host, one connection. Raises UrlError at once for a URL that cannot be used. `traffic`
    counts whatever came and went."""

    questions = frozenset(Question)

    def __init__(
        self,
        host: Host,
        clock: Clock,
        options: VdsmOptions,
        chance: random.Random | None = None,
    ) -> None:
        where, options = address(host.url), own_options(host.url, options)
        self._host, self._clock = host.id, clock
        greeting = Greeting(where, clock, options, self._on_notification)
        self.traffic = greeting.traffic
        self._asker = Asker(options.short_polls, self.traffic)
        self._link = Link(str(where), clock, options, greeting.connect, self._on_up, chance)
        self._closed = False

    @property
    def reconnects(self) -> int:
        """How often the connection was made anew."""
        return max(self._link.ups - 1, 0)

    def open(self, on_push: Callable[[Push], None], on_resync: Callable[[str], None]) -> None:
        """Start connecting and listening, and return at once."""
        self._on_push, self._on_resync = on_push, on_resync
        self._link.start()

    def fetch(
        self, host: str, question: Question, timeout_secs: float, vms: tuple[str, ...] = ()
    ) -> Poll:
        """Ask the host one thing; whatever goes wrong is a Missed with its reason."""
        started = self._clock.now()
        if host != self._host or question not in self.questions:
            reason = f"{self._host} is not asked for {question} of {host} here"
            return Missed(host, question, Miss.MISMATCH, reason, started)
        until = started + timeout_secs
        try:
            connection = self._link.connection(until)
            started = self._clock.now()
            answer = self._asker.ask(connection, question, until, vms)
        except Trouble as trouble:
            return Missed(host, question, trouble.kind, trouble.reason, started)
        except (WireError, VdsmDecodeError) as error:
            self.traffic.unreadable += 1
            return Missed(host, question, Miss.DECODE, f"decode: {error}", started)
        return Snapshot(host, started, answer)

    def pushing(self, host: str) -> bool:
        """Whether the host's events are subscribed to, and its heart beats."""
        connection = self._link.current
        return host == self._host and connection is not None and connection.pushing

    def close(self) -> None:
        """End the connection. Calls under way return Missed."""
        if not self._closed:
            self._closed = True
            self._link.stop()

    def _on_up(self) -> None:
        self._asker.forget()
        self._on_resync(self._host)

    def _on_notification(self, told: Notification | None) -> None:
        """`|component|operation|id`; None is one that could not be read."""
        _, *parts = told.method.split("|") if told is not None else [""]
        listener = _TOLD.get((parts[0], parts[1])) if len(parts) > 1 else None
        if told is None:
            self._on_resync(self._host)  # what it would have told must be asked for
        elif listener is None:
            self.traffic.other += 1
        else:
            self._hear(listener, told.params)

    def _hear(self, listener: "Callable[[VdsmEndpoint, object], None]", params: bytes) -> None:
        try:
            listener(self, decode.parsed(params))
        except VdsmDecodeError:
            self.traffic.unreadable += 1
            self._on_resync(self._host)

    def on_vm_status(self, params: object) -> None:
        """A VM is not as it was."""
        vms, time = decode.vm_status_event(params)
        self.traffic.pushes += 1
        self._asker.known.doubt(vms)
        if vms:  # a guest's own news change no state
            self._on_push(Push(self._host, vms, time))

    def on_migration(self, params: object) -> None:
        """How far a migration is."""
        vms, time = decode.migration_event(params)
        self.traffic.migrations += 1
        if vms:
            self._on_push(Push(self._host, vms, time))

    def on_host_conn(self, params: object) -> None:
        """The host is not made of what it was."""
        self.traffic.changes += 1
        time = params.get("notify_time") if isinstance(params, dict) else None
        time = time if isinstance(time, int) else None
        self._on_push(Push(self._host, {}, time, host_conn=True))

    def on_job(self, params: object) -> None:
        """How a job of its storage goes, which is not kept."""
        self.traffic.jobs += 1


_TOLD = {
    ("virt", "VM_status"): VdsmEndpoint.on_vm_status,
    ("virt", "VM_migration_status"): VdsmEndpoint.on_migration,
    ("net", "host_conn"): VdsmEndpoint.on_host_conn,
    ("jobs", "status"): VdsmEndpoint.on_job,
}
"""What hosts tell by themselves: component, operation, and who listens."""
