"""A configuration that has changed while vurti runs: what is done with it, and what is said."""

from typing import TYPE_CHECKING

from loguru import logger

from vurti.adapter.parts import Apply
from vurti.config.difference import changes, told
from vurti.config.reread import Files, Rejected, Same

if TYPE_CHECKING:
    from vurti.config.config import Config


class Reloading:
    """Streams and rules count at once, by `apply`; hosts, VMs and clusters go the way of all
    inventories. What needs a restart is said, and what is wrong changes nothing (contract 17)."""

    def __init__(self, config: "Config", files: Files, apply: Apply) -> None:
        self.files = files
        self._started = self._running = config
        self._apply = apply

    def answered(self) -> None:
        """The files were looked at. Never yields."""
        match self.files.take():
            case None:
                pass
            case Same():
                logger.info("the configuration was read again: nothing has changed")
            case Rejected(wrong):
                logger.error(
                    "the changed configuration is not used, the one before stays:\n{}", wrong
                )
            case now:
                self._take(now)

    def _take(self, now: "Config") -> None:
        changed = changes(self._started, self._running, now)
        streams = self._apply(now.definitions, changed.rules, changed.poll)
        self._running = now
        for line in told(changed, streams) or ["nothing in it that counts"]:
            logger.info("the configuration has changed; {}", line)
