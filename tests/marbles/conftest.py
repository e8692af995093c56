"""The letters that the diagrams of operators share: d and u are vm1 going down and up again, D and
U the same of vm2, p is vm1 pausing and r its resuming."""

import pytest

from vurti.events import Event, event
from vurti.testing import vm

UP, DOWN, PAUSED = vm("vm1", "Up"), vm("vm1", "Down"), vm("vm1", "Paused")


@pytest.fixture
def letters() -> dict[str, Event]:
    made = {
        "d": event(UP, DOWN),
        "u": event(DOWN, UP),
        "p": event(UP, PAUSED),
        "r": event(PAUSED, UP),
        "q": event(DOWN, PAUSED),
        "D": event(vm("vm2", "Up"), vm("vm2", "Down")),
        "U": event(vm("vm2", "Down"), vm("vm2", "Up")),
    }
    return {name: one for name, one in made.items() if one is not None}
