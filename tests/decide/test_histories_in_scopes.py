"""Random histories in one scope and in several: whoever reads them per VM reads the same."""

from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test

from tests.decide.histories.histories import Histories
from tests.decide.histories.mirrored import SCOPES, Mirrored
from tests.decide.histories.truth import HOSTS
from tests.decide.histories.watched import Check, WatchedFold

pytestmark = pytest.mark.slow

BOUNDED = settings(
    max_examples=200,
    stateful_step_count=50,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


class Scoped(Histories):
    """Hosts are in the scopes of a mode all the time."""

    mode = ""

    def watch(self, given: dict[str, Check], **more: Any) -> WatchedFold:
        return Mirrored(self.mode, given, **more)


class Moving(Scoped):
    """Hosts go from one scope to another as well, as where their clusters are dealt anew."""

    mode = "cluster"

    @rule(scopes=st.tuples(*[st.sampled_from(["east", "west", "north"])] * len(HOSTS)))
    def hosts_change_their_scope(self, scopes: tuple[str, ...]) -> None:
        assert isinstance(self.fold, Mirrored)
        self.fold.move(dict(zip(HOSTS, scopes, strict=True)))


@pytest.mark.parametrize("mode", sorted(SCOPES))
def test_contract_4_scopes_change_no_story(mode: str) -> None:
    run_state_machine_as_test(type(mode, (Scoped,), {"mode": mode}), settings=BOUNDED)


def test_contract_4_nor_do_hosts_that_go_from_one_scope_to_another() -> None:
    run_state_machine_as_test(Moving, settings=BOUNDED)
