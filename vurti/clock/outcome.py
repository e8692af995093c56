"""What a call came to, as a value that crosses threads."""

from collections.abc import Callable
from typing import TypeVar

R = TypeVar("R")


def outcome(call: Callable[[], R]) -> tuple[R | None, BaseException | None]:
    """What it returned, or what it raised."""
    try:
        return call(), None
    except BaseException as error:  # noqa: BLE001 - raised again by the one who waits for it
        return None, error
