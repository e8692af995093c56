"""What the API has done since the start, for those who watch it."""

from collections import Counter
from typing import Protocol

CLASSES = ("2xx", "3xx", "4xx", "5xx")


class Stream(Protocol):
    """The hub of the live stream."""

    @property
    def readers(self) -> int: ...

    @property
    def resyncs(self) -> int: ...

    @property
    def failures(self) -> int: ...

    @property
    def buffered_bytes(self) -> int: ...


class ApiCounts:
    """`answered` by the class of the status; `refused` is what limits of rate kept out. `stream` is
    None while nothing is served."""

    def __init__(self) -> None:
        self.answered: Counter[str] = Counter(dict.fromkeys(CLASSES, 0))
        self.refused = 0
        self.stream: Stream | None = None

    def count(self, status: int) -> None:
        """One answer more."""
        self.answered[f"{status // 100}xx"] += 1
        self.refused += status == 429
