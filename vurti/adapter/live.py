"""The live streams of hosts and VMs: of all scopes together."""

from collections.abc import Iterator

from vurti.clock import Clock
from vurti.decide import View
from vurti.events import Event, VdsEvent, VdsKnown, VmKnown
from vurti.model import Row, Vds, Vm
from vurti.streams.bulkhead import LiveStream
from vurti.streams.limits import SubscriberSettings


class Live:
    """Provisional: they begin with what is known in all `views`, and then follow (contract 8)."""

    def __init__(self, clock: Clock, subscribers: SubscriberSettings | None = None) -> None:
        self.views: list[View] = []
        self.hosts = LiveStream(clock, self._known_hosts, name="hosts", settings=subscribers)
        self.vms = LiveStream(clock, self._known_vms, name="vms", settings=subscribers)

    def tell(self, event: Event) -> None:
        """On the stream that it belongs to."""
        (self.hosts if isinstance(event, VdsEvent) else self.vms).emit(event)

    def complete(self) -> None:
        """Nothing more is decided: they end behind what they still hold."""
        self.hosts.complete()
        self.vms.complete()

    def _known_hosts(self) -> Iterator[Event]:
        for row in _rows(view.vdss for view in self.views):
            if isinstance(row.value, Vds):
                yield VdsKnown(
                    after=row.value, seq=row.seq, rule=row.rule, observed_at=row.observed_at
                )

    def _known_vms(self) -> Iterator[Event]:
        for row in _rows(view.vms for view in self.views):
            if isinstance(row.value, Vm):
                yield VmKnown(
                    after=row.value, seq=row.seq, rule=row.rule, observed_at=row.observed_at
                )


def _rows(known: Iterator[dict[str, Row]]) -> Iterator[Row]:
    return (row for rows in known for row in rows.values())
