"""What operators may ask about besides the events themselves."""

from typing import Protocol

from vurti.model import VmFacts


class Around(Protocol):
    """What a manager or an inventory knows just now: asked at each event, since it changes."""

    def facts(self, vm: str) -> VmFacts | None:
        """What is known of a VM; None where nothing is."""

    def cluster(self, host: str) -> str:
        """The cluster that a host is in; empty where it is in none, or unknown."""


class Nothing:
    """Nobody knows anything."""

    def facts(self, vm: str) -> VmFacts | None:
        return None

    def cluster(self, host: str) -> str:
        return ""


NOTHING_KNOWN: Around = Nothing()
