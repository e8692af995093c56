"""What is looked after in rounds, for all hosts of a scope (1.11, R17)."""

import pytest

from vurti.decide import Rules
from vurti.testing.fold import Fold


def rounds(fold: Fold) -> list[float]:
    """When those of the whole scope are due, the next first."""
    return sorted(due for key, due in fold.timers.items() if key not in fold.pending)


def test_rounds_are_so_far_apart_from_the_beginning_on_however_late_one_was() -> None:
    fold = Fold(at=1000.0)
    assert rounds(fold) == [1300, 1900]
    fold.at = 1310.0
    fold.give(fold.reload)  # which begins nothing anew
    fold.fire(fold.at)
    assert rounds(fold) == [1600, 1900]
    fold.at = 1950.0
    fold.fire(fold.at)
    assert rounds(fold) == [2200, 2800]


def test_a_round_is_not_due_again_at_its_own_time_however_that_is_rounded() -> None:
    fold = Fold(at=1000.1, rules=Rules(auto_recovery_secs=0.1))
    dues = []
    for _ in range(100):
        dues.append(rounds(fold)[0])
        fold.fire(dues[-1])
    assert dues == pytest.approx([1000.1 + 0.1 * number for number in range(1, 101)])
