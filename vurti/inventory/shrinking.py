"""When an inventory's answer is too small to be believed at once.

Most of what makes a list suddenly short is a mistake of its maker: a join that failed, a page that
was cut, a data base that is being filled again. To remove a host is to forget its VMs and to tell
that; to watch one that is gone some minutes longer costs a few polls. So a big loss is believed
only once it stays the same: a list that is being rebuilt is a different one each time. What such an
answer adds or changes counts at once.
"""

from collections.abc import Collection, Mapping
from typing import Generic, TypeVar

from vurti.inventory.settings import InventoryRules

T = TypeVar("T")


class Guard(Generic[T]):
    """The things known from one inventory by their ids, and those of them that its latest answers
    lack and that are `held`."""

    def __init__(self, rules: InventoryRules, known: Mapping[str, T] | None = None) -> None:
        self._rules = rules
        self.known: dict[str, T] = dict(known or {})
        self.held: frozenset[str] = frozenset()
        self.confirmed = 0
        """So many answers in a row lacked just these."""

    def take(self, told: Mapping[str, T], bad: Collection[str] = ()) -> None:
        """An answer. What is known of the `bad` ones stays as it is."""
        stay = {id_: self.known[id_] for id_ in bad if id_ in self.known}
        told = {**stay, **told}
        lost = frozenset(self.known.keys() - told.keys())
        if self._doubtful(len(lost)):
            self.confirmed = self.confirmed + 1 if lost == self.held else 1
            if self.confirmed < self._rules.shrink_confirmations:
                self.held = lost
                self.known = {**{id_: self.known[id_] for id_ in self.known if id_ in lost}, **told}
                return
        self.held, self.confirmed = frozenset(), 0
        self.known = dict(told)

    def _doubtful(self, lost: int) -> bool:
        if lost == 0:
            return False
        few = lost < self._rules.shrink_hosts_min and lost < len(self.known)
        return not few and lost > self._rules.shrink_share_max * len(self.known)
