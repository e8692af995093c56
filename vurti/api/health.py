"""Is it alive, and is it ready: two questions with different ways out.

Not alive: it hangs, and only a restart helps. Not ready: what it knows may be old or get lost, and
a restart would not help. Neither answer quotes an error: the log does, and not everybody reads it.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from vurti.adapter import PushAdapter
from vurti.api.progress import Progress
from vurti.decide.vds.holding import holding
from vurti.model import VdsStatus

STORE_FAILS_SECS = 5.0
"""What could not be stored may be tried again for so long before it is told."""

STORE_LATE_SECS = 30.0
"""What is decided is stored within so long, or whoever reads the store reads what is old."""


class Check(NamedTuple):
    """One thing that must be so; `why` says what is not."""

    name: str
    why: str | None = None

    @property
    def ok(self) -> bool:
        """It is so."""
        return self.why is None


class Health:
    """Asks an adapter and what looks at its progress. Nothing in here waits."""

    def __init__(self, adapter: PushAdapter, progress: Progress) -> None:
        self._adapter, self._progress = adapter, progress
        self._all_asked = False

    def alive(self) -> tuple[bool, dict[str, Any]]:
        """For whoever restarts what hangs. Asked in the loop itself, the answer shows that it
        turns; from elsewhere ask a Pulse."""
        why = self._progress.stuck()
        return why is None, {"alive": why is None, "why": why}

    def ready(self) -> tuple[bool, dict[str, Any]]:
        """For whoever relies on what it knows: every check by its name. That no host is judged just
        now is told, but is no reason not to rely on it: then states are Unknown where they are."""
        checks = list(self.checks())
        well = all(check.ok for check in checks)
        told = {check.name: {"ok": check.ok, "why": check.why} for check in checks}
        held = self._held()
        return well, {"ready": well, "checks": told, "judgement_held": held}

    def started(self) -> bool:
        """The start is over: all is loaded, and every host was asked. What else may be lacking is
        for others to mend, and nobody who waits for our start can."""
        return self._not_loaded() is None and self._not_polled() is None

    def summary(self) -> str:
        """In a line: what is lacking, or how many hosts are well."""
        lacking = [f"{check.name}: {check.why}" for check in self.checks() if check.why]
        hosts, _ = self._adapter.counts()
        well = f"{hosts[VdsStatus.UP]} of {hosts.total()} hosts are up"
        return "; ".join(lacking) or well

    def _held(self) -> str | None:
        """Why no host is judged just now, in some scope."""
        now = self._adapter.clock.now()
        views = (scope.view for scope in self._adapter.scopes.values())
        return next((why for view in views if (why := holding(view, now)) is not None), None)

    def checks(self) -> Iterator[Check]:
        """All that being ready takes, in the order in which it comes about."""
        yield Check("loaded", self._not_loaded())
        yield Check("store", self._not_stored())
        yield Check("inventories", self._not_told())
        yield Check("polled", self._not_polled())
        yield Check("progress", self._progress.stuck())

    def _not_loaded(self) -> str | None:
        """Before that no host is asked; the store has been read by then, and the scope is ours."""
        return None if self._adapter.watching is not None else "it is starting"

    def _not_stored(self) -> str | None:
        adapter = self._adapter
        now, writing = adapter.clock.now(), [one.writing for one in adapter.scopes.values()]
        failing = [*(one.failing_since for one in writing), adapter.promises.inbox.failing_since]
        since = min((one for one in failing if one is not None), default=now)
        if now - since > STORE_FAILS_SECS:
            return f"the store has refused for {now - since:.0f} s"
        if (age := max(one.oldest_age_secs for one in writing)) > STORE_LATE_SECS:
            return f"what was decided {age:.0f} s ago is not stored"
        return None

    def _not_told(self) -> str | None:
        """An inventory that fails later takes nothing away; before its first answer hosts lack."""
        count = sum(not one.answered for one in self._adapter.inventories())
        return f"{count} inventories have not answered yet" if count else None

    def _not_polled(self) -> str | None:
        """Every host has answered or been missed once since the start; those that come later are
        no reason to be unready again."""
        if self._all_asked or self._adapter.watching is None:
            return None
        hosts = self._adapter.polls
        count = sum(not one.told for one in hosts)
        self._all_asked = not count and bool(hosts)
        return f"{count} of {len(hosts)} hosts were not asked yet" if count else None
