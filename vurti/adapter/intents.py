"""What a manager should do, told only once it is stored (contract 8)."""

from collections.abc import Container, Iterable

from vurti.clock import Clock
from vurti.model import Intent, IntentKind, IntentState
from vurti.model.commit import Commit
from vurti.streams.bulkhead import SharedStream
from vurti.streams.limits import SubscriberSettings


class CommittedIntents:
    """The stream of intents: those that are open first, then each that is raised or ends. Only of
    the kinds that are `switched_on`: those stored by another configuration are not acted upon."""

    def __init__(
        self,
        clock: Clock,
        known: Iterable[Intent],
        switched_on: Container[IntentKind],
        subscribers: SubscriberSettings | None = None,
    ) -> None:
        self._switched_on = switched_on
        self._open: dict[str, Intent] = {}
        self.stream: SharedStream[Intent] = SharedStream(
            clock,
            lambda: tuple(self._open.values()),
            key=lambda intent: intent.id,
            add=lambda _first, second: second,
            name="intents",
            settings=subscribers,
        )
        self.observable = self.stream.observable
        for intent in known:
            self._take(intent)

    def stored(self, commit: Commit) -> None:
        """These are on the disk now."""
        for intent in commit.intents:
            if self._take(intent):
                self.stream.emit(intent)

    def complete(self) -> None:
        """No more will come."""
        self.stream.complete()

    def _take(self, intent: Intent) -> bool:
        """Whether it is to be told. One that ended before anybody heard of it is not."""
        if intent.state is not IntentState.OPEN:
            return self._open.pop(intent.id, None) is not None
        if intent.kind not in self._switched_on:
            return False
        self._open[intent.id] = intent
        return True
