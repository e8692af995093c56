"""The open expectations and intents of a scope, by what they are about."""

from collections.abc import Iterable, Iterator

from vurti.decide.view.memory import ExpectationMemo
from vurti.model import Expectation, Intent, IntentKind, IntentState, Outcome


class Expectations:
    """Those that are open. One that was loaded is due once the first input has told the time."""

    def __init__(self, open_: Iterable[Expectation] = ()) -> None:
        self.due: dict[str, float] = {}
        self._open: dict[str, dict[str, Expectation]] = {}
        for expectation in open_:
            self._open.setdefault(expectation.thing, {})[expectation.id] = expectation

    def __iter__(self) -> Iterator[Expectation]:
        return (one for of_thing in self._open.values() for one in of_thing.values())

    def of(self, thing: str) -> dict[str, Expectation]:
        """Those about one VM or host, by their ids. To be read only."""
        return self._open.get(thing, _NONE)

    def find(self, id_: str) -> Expectation | None:
        return next((one for one in self if one.id == id_), None)

    def take(self, memo: ExpectationMemo) -> None:
        one = memo.expectation
        if one.outcome is Outcome.OPEN:
            self._open.setdefault(one.thing, {})[one.id] = one
            self.due[one.id] = memo.due
            return
        self.due.pop(one.id, None)
        of_thing = self._open.get(one.thing, {})
        of_thing.pop(one.id, None)
        if not of_thing:
            self._open.pop(one.thing, None)

    def let_go(self, thing: str) -> None:
        """Those about it are another scope's from now on."""
        for id_ in self._open.pop(thing, ()):
            self.due.pop(id_, None)


class Intents:
    """Those that are open: for one act upon one thing at one place there is one at most."""

    def __init__(self, open_: Iterable[Intent] = ()) -> None:
        self._open: dict[str, dict[tuple[IntentKind, str | None], Intent]] = {}
        self._on: dict[str, dict[str, None]] = {}
        for intent in open_:
            self.take(intent)

    def __iter__(self) -> Iterator[Intent]:
        return (one for of_thing in self._open.values() for one in of_thing.values())

    def of(self, thing: str) -> dict[tuple[IntentKind, str | None], Intent]:
        """Those about one VM or host. To be read only."""
        return self._open.get(thing, _NO_INTENTS)

    def on(self, host: str) -> list[str]:
        """The VMs that something is to be done about on this host."""
        return list(self._on.get(host, ()))

    def find(self, id_: str) -> Intent | None:
        return next((one for one in self if one.id == id_), None)

    def take(self, intent: Intent) -> None:
        key = (intent.kind, intent.host)
        if intent.state is IntentState.OPEN:
            self._open.setdefault(intent.thing, {})[key] = intent
            if intent.host is not None:
                self._on.setdefault(intent.host, {})[intent.thing] = None
            return
        of_thing = self._open.get(intent.thing, {})
        of_thing.pop(key, None)
        if not of_thing:
            self._open.pop(intent.thing, None)
        if intent.host is not None:
            self._on.get(intent.host, {}).pop(intent.thing, None)

    def let_go(self, thing: str) -> None:
        """Those about it are another scope's from now on."""
        for _, host in self._open.pop(thing, ()):
            if host is not None:
                self._on.get(host, {}).pop(thing, None)


_NONE: dict[str, Expectation] = {}
_NO_INTENTS: dict[tuple[IntentKind, str | None], Intent] = {}
