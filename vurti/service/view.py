"""What a demo is shown by. The command line hands one in."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from vurti.events import Event


class View(Protocol):
    """Renders; waits for nothing."""

    def welcome(self, hosts: int, vms: int, database: str, url: str) -> None: ...

    def events(self, batch: Iterable[Event]) -> None: ...

    def summary(
        self,
        *,
        hosts: Mapping[str, int],
        vms: Mapping[str, int],
        events: int,
        commits: int,
        lag_secs: float,
    ) -> None: ...

    def farewell(self, *, database: str, config: str | None = None, secs: float = 0.0) -> None: ...
