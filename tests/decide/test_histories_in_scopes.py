"""Random histories in one scope and in several: whoever reads them per VM reads the same."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.decide.histories.histories import Histories
from tests.decide.histories.mirrored import SCOPES, Mirrored

pytestmark = pytest.mark.slow

BOUNDED = settings(
    max_examples=200,
    stateful_step_count=50,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


@pytest.mark.parametrize("mode", sorted(SCOPES))
def test_contract_4_scopes_change_no_story(mode: str) -> None:
    class Scoped(Histories):
        def watch(self, *checks, **given):
            return Mirrored(mode, *checks, **given)

    run_state_machine_as_test(Scoped, settings=BOUNDED)
