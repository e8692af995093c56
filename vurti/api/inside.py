"""What is answered in one thread asks what is watched in another."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from vurti.clock import Entrance

R = TypeVar("R")

WAIT_SECS = 10.0
"""A busy event loop has its turns of tenths of a second; one that takes longer is not well."""


class Inside(Protocol):
    """Calls it where the hosts are watched, and waits for what it returns. Raises Timeout."""

    def __call__(self, function: Callable[[], R]) -> R: ...


class Within:
    """By an entrance into that thread."""

    def __init__(self, entrance: Entrance) -> None:
        self._entrance = entrance

    def __call__(self, function: Callable[[], R]) -> R:
        return self._entrance.run(function, WAIT_SECS)


def here(function: Callable[[], R]) -> R:
    """It is this very thread."""
    return function()
