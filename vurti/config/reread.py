"""The configuration's own files as an inventory: their hosts, VMs and clusters, read again."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from msgspec.structs import replace as replace_fields

from vurti.errors import ConfigError
from vurti.inventory import Failed, Unchanged
from vurti.inventory.answer import Outcome
from vurti.settings import is_as_read

if TYPE_CHECKING:  # it makes a source of this kind
    from vurti.config.config import Config

SHOWN_MAX = 3
ONLY_WATCHED = "what has changed besides hosts, VMs and clusters counts from the next start"


class Files:
    """Reads them again where one has changed, is new or gone. Files with a mistake in them fail as
    a whole, and what was read before stays (contract 17)."""

    def __init__(self, config: "Config", load: Callable[[], "Config"]) -> None:
        self._first, self._latest, self._load = config, config, load

    def ask(self) -> Outcome:
        """What they say now. Blocks: to be called in a worker."""
        assert self._latest.tree is not None
        if is_as_read(self._latest.tree):
            return Unchanged()
        try:
            self._latest = self._load()
        except ConfigError as error:
            return Failed(_told(error))
        listed = self._latest.listed()
        if _rest(self._latest) == _rest(self._first):
            return listed
        return replace_fields(listed, flaws=(ONLY_WATCHED,))

    def abort(self) -> None:
        """It ends by itself."""

    def close(self) -> None:
        """There is nothing to let go of."""


def _rest(config: "Config") -> "Config":
    return replace(config, hosts=(), vms=(), clusters=(), tree=None)


def _told(error: ConfigError) -> str:
    some = "; ".join(map(str, error.complaints[:SHOWN_MAX]))
    more = len(error.complaints) - SHOWN_MAX
    return some + (f"; and {more} more" if more > 0 else "")
