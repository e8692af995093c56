"""What is asked again and again: how old the truth is, how vurti does, more of the hosts."""

from collections.abc import Callable, Iterator

from vurti.cli.remote.client import Client
from vurti.cli.terminal.begin import ages, more
from vurti.cli.terminal.figures import Reading
from vurti.cli.terminal.told import Ages, MorePage

SHARE = 10
"""What takes long to answer is asked more seldom: a tenth of the time at most is spent on it."""

Beat = Ages | Reading | MorePage


class Beats:
    """Three rhythms, in seconds. `due` is when to ask again, by the clock `now`."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._asked = {"ages": 2.0, "figures": 2.0, "more": 15.0}
        self._due = dict.fromkeys(self._asked, now())

    @property
    def due(self) -> float:
        """The soonest of them."""
        return min(self._due.values())

    def ask(self, client: Client) -> Iterator[Beat]:
        """What is due. Raises VurtiError."""
        for what, secs in self._asked.items():
            began = self._now()
            if began >= self._due[what]:
                self._due[what] = began + secs
                yield from self._answers(client, what)
                took = self._now() - began
                self._due[what] = max(began + secs, self._now() + SHARE * took)

    def _answers(self, client: Client, what: str) -> Iterator[Beat]:
        match what:
            case "ages":
                yield ages(client)
            case "figures":
                yield Reading(self._now(), client.get("pipeline"), client.get("health"))
            case _:
                yield from more(client)
