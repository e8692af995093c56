"""A configuration that has changed while vurti runs: what is done with it, and what is said."""

from dataclasses import replace
from typing import TYPE_CHECKING

from loguru import logger

from vurti.adapter.parts import Apply
from vurti.config.difference import changes, told
from vurti.config.reread import Files, Rejected, Same

if TYPE_CHECKING:
    from vurti.config.config import Config


class Reloading:
    """Streams, rules and polls count at once, by `apply`; hosts, VMs and clusters go the way of all
    inventories. What needs a restart is said, and what is wrong changes nothing (contract 17)."""

    def __init__(self, config: "Config", files: Files, apply: Apply) -> None:
        self.files = files
        self._started = self._running = config
        self._apply = apply
        # Somebody waits for these words, however often he changes the same.
        self._log = logger.bind(each=True)

    def answered(self) -> None:
        """The files were looked at. Never yields."""
        match self.files.take():
            case None:
                pass
            case Same():
                self._log.info("the configuration was read again: nothing has changed")
            case Rejected(wrong):
                self._log.error("the changed configuration is not used, the one before stays:")
                for line in wrong.splitlines():  # a picture needs its lines under each other
                    self._log.error("  {}", line)
            case now:
                self._take(now)

    def _take(self, now: "Config") -> None:
        changed = changes(self._started, self._running, now)
        in_force = replace(
            self._started,
            **{name: getattr(now, name) for name in ("hosts", "vms", "clusters", "streams")},
            rules=changed.rules,
            poll=changed.poll,
            tree=now.tree,
        )
        streams = self._apply(now.definitions, changed.rules, changed.poll, in_force)
        self._running = now
        for line in told(changed, streams) or ["nothing in it that counts"]:
            self._log.info("the configuration has changed; {}", line)
