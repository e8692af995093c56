"""How the hosts of all scopes are, as far as scopes must know it of each other."""

from collections.abc import Iterable, Sequence
from math import inf

from msgspec.structs import replace

from vurti.decide import View
from vurti.decide.vds.holding import judged
from vurti.decide.vm import SILENT
from vurti.model import Neighbours, Row, Vds, VdsStatus


class Census:
    """Kept from the rows of hosts as they change; `version` grows with every change."""

    def __init__(self) -> None:
        self.version = 0
        self._silent: frozenset[str] = frozenset()
        self._all = Neighbours()
        self._counted = False

    def take(self, rows: Iterable[Row]) -> None:
        """These hosts are so now."""
        for row in rows:
            if not isinstance(row.value, Vds):
                continue
            self.recount()
            silent = not row.deleted and row.value.status in SILENT
            if silent != (row.value.id in self._silent):
                self._silent ^= {row.value.id}

    def recount(self) -> None:
        """Something else has changed: what vurti suspects, or which scopes there are."""
        self._counted = False
        self.version += 1

    def of_others(self, view: View, views: Sequence[View]) -> Neighbours:
        """What the scope of `view` has to know of the hosts of all `views`, its own among them."""
        if not self._counted:
            self._all = self._of_all(views)
            self._counted = True
        connecting = self._all.connecting - view.statuses[VdsStatus.CONNECTING]
        others = self._all.judged - judged(view.statuses)
        return replace(self._all, connecting=connecting, judged=others)

    def _of_all(self, views: Sequence[View]) -> Neighbours:
        begun = [one for one in views if one.hosts is not None]
        return Neighbours(
            self._silent,
            connecting=sum(one.statuses[VdsStatus.CONNECTING] for one in views),
            judged=sum(judged(one.statuses) for one in views),
            started_at=min((one.started_at for one in begun), default=inf),
            quiet_until=max(one.suspicion.quiet_until for one in views),
            stalled_until=max(one.suspicion.stalled_until for one in views),
        )
