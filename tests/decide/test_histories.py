"""Random histories: what hosts truly hold, told late, partly or not at all, leads to the truth."""

import pytest
from hypothesis import HealthCheck, settings

from tests.decide.histories.histories import Histories

pytestmark = pytest.mark.slow

TestHistories = Histories.TestCase
TestHistories.settings = settings(
    max_examples=250,
    stateful_step_count=50,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
