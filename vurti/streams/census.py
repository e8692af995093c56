"""How the hosts of all scopes are, as far as scopes must know it of each other."""

from collections.abc import Iterable, Sequence

from vurti.decide import View
from vurti.decide.vds.holding import judged
from vurti.decide.vm import SILENT
from vurti.model import Neighbours, Row, Vds, VdsStatus


class Census:
    """Kept from the rows of hosts as they change."""

    def __init__(self) -> None:
        self._silent: frozenset[str] = frozenset()
        self._connecting = self._judged = 0
        self._counted = False

    def take(self, rows: Iterable[Row]) -> None:
        """These hosts are so now."""
        for row in rows:
            if not isinstance(row.value, Vds):
                continue
            self._counted = False
            silent = not row.deleted and row.value.status in SILENT
            if silent != (row.value.id in self._silent):
                self._silent ^= {row.value.id}

    def of_others(self, view: View, views: Sequence[View]) -> Neighbours:
        """What the scope of `view` has to know of the hosts of all `views`, its own among them."""
        if not self._counted:
            self._connecting = sum(one.statuses[VdsStatus.CONNECTING] for one in views)
            self._judged = sum(judged(one.statuses) for one in views)
            self._counted = True
        connecting = self._connecting - view.statuses[VdsStatus.CONNECTING]
        return Neighbours(self._silent, connecting, self._judged - judged(view.statuses))
