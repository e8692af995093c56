"""The fold under watch: whoever checks something sees each decision just after it was taken in."""

from collections.abc import Mapping
from typing import Any

from vurti.model import Decision, Input
from vurti.testing.fold import Fold, Recorded


class Check:
    """Something that must hold. It is told of each decision, and of each restart of vurti."""

    def see(self, decision: Decision, given: Input, fold: Fold) -> None:
        """Raises AssertionError where it does not hold."""

    def restarted(self, fold: Fold) -> None:
        """Vurti begins anew from what is recorded."""


class WatchedFold(Fold):
    """A Fold that tells its checks, each of which has the name of what it holds."""

    checks: Mapping[str, Check] = {}  # none before the first input

    def __init__(self, checks: Mapping[str, Check], **given: Any) -> None:
        self.checks = checks
        super().__init__(**given)

    def give(self, given: Input) -> Decision:
        decision = super().give(given)
        for name, check in self.checks.items():
            try:
                check.see(decision, given, self)
            except AssertionError as error:
                error.add_note(f"it does not hold: {name}")
                raise
        return decision

    def restart(self, recorded: Recorded | None = None) -> Decision:
        for check in self.checks.values():
            check.restarted(self)
        return super().restart(recorded)
