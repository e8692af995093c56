"""Announcing something to the vurti that writes a store, from another process."""

import time
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # loaded when a command runs, not when the help is shown
    from vurti.config import Config
    from vurti.model import Cancel, Expect, Expectation
    from vurti.model.commit import Announcement
    from vurti.repository import Announcer, Records

LOOK_SECS = 0.1
CANCEL_SECS = 600.0
"""So long a cancellation waits for a vurti to start."""


class Announce(Protocol):
    """Gives what came of it, once a running vurti has taken it in and stored it.

    Raises Refused where it is refused, or not taken in within `wait_secs`; in a store it then stays
    for `keep_secs` (None: the usual time of its kind), for a vurti that starts. Raises VurtiError.
    """

    def __call__(
        self, given: "Expect | Cancel", *, keep_secs: float | None, wait_secs: float
    ) -> "Expectation": ...


class StoreAnnounce:
    """Through the store of a configuration. What is not taken in `stays`, or is taken back."""

    def __init__(self, config: "Config", reader: "Records", stays: bool = True) -> None:
        self._config, self._reader, self._stays = config, reader, stays

    def __call__(
        self, given: "Expect | Cancel", *, keep_secs: float | None, wait_secs: float
    ) -> "Expectation":
        from vurti.errors import Refused
        from vurti.repository import open_for_announcing
        from vurti.wire.words import printable

        where = self._config.repository
        keep_secs = self._usual_secs(given) if keep_secs is None else keep_secs
        with open_for_announcing(where.url) as announcer:
            one = announcer.announce(given, keep_secs)
            left = _waited_for(announcer, one.id, wait_secs)
            if left is not None and left.answer is not None:
                announcer.take_back(one.id)
                raise Refused(f"refused: {printable(left.answer)}")
            if left is not None and not self._stays and not announcer.take_back(one.id):
                left = None  # it was taken in just now
        found = self._reader.expectations.get(one.about) if left is None else None
        if found is None:
            until = f" It stays until {clock(one.expires_at)} for one to start"
            raise Refused(
                f"no vurti has taken it in within {wait_secs:g} s: does one run on this store?"
                + (until if self._stays else "")
            )
        return found

    def _usual_secs(self, given: "Expect | Cancel") -> float:
        from vurti.decide.promises.announced import USUAL_SECS
        from vurti.model import Expect

        if not isinstance(given, Expect):
            return CANCEL_SECS
        return USUAL_SECS.get(given.kind, self._config.rules.power_off_secs)


def clock(wall: float) -> str:
    """A time of day, with its date where that is not today."""
    then, today = time.localtime(wall), time.localtime()
    form = "%H:%M:%S" if then[:3] == today[:3] else "%Y-%m-%d %H:%M:%S"
    return time.strftime(form, then)


def _waited_for(announcer: "Announcer", id_: str, secs: float) -> "Announcement | None":
    deadline = time.monotonic() + secs
    while True:
        left = announcer.find(id_)
        if left is None or left.answer is not None or time.monotonic() >= deadline:
            return left
        time.sleep(LOOK_SECS)
