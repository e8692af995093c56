"""Random histories: what hosts truly hold, told late, partly or not at all, leads to the truth.

`histories.words` names the checks that see each decision; `histories.histories` has what must be so
once all hosts have answered twice.
"""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.decide.histories.histories import Histories

pytestmark = pytest.mark.slow

BOUNDED = settings(
    max_examples=250,
    stateful_step_count=50,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


def test_contract_1_to_5_and_9_hold_whatever_befalls_a_fleet_and_its_hosts_words() -> None:
    run_state_machine_as_test(Histories, settings=BOUNDED)
