"""From another thread into that of the clock, patched and not, in processes of their own."""

import pytest

from tests.programs import ends_well
from vurti.clock.virtual_clock import VirtualClock

PATCH = "from gevent import monkey; monkey.patch_all()"
PROGRAM = """
import gevent
from gevent.monkey import get_original
from vurti.clock import Timeout
from vurti.clock.gevent_clock import GeventClock

ident, start = get_original("_thread", "get_ident"), get_original("_thread", "start_new_thread")
clock = GeventClock()
entrance, here, seen = clock.entrance(), ident(), []
assert entrance.run(ident, 1) == here

def waits():
    clock.sleep_until(clock.now() + 0.02)
    return ident()

def wrong():
    raise KeyError("mine")

def elsewhere():
    assert ident() != here
    seen.append(entrance.run(waits, 20) == here)
    try:
        entrance.run(wrong, 20)
    except KeyError as error:
        seen.append(error.args)
    try:
        entrance.run(lambda: clock.sleep_until(clock.now() + 60), 0.01)
    except Timeout:
        seen.append("in vain")
    seen.append("end")

for _ in range(3):
    start(elsewhere, ())
until = clock.now() + 20
while seen.count("end") < 3 and clock.now() < until:
    clock.sleep_until(clock.now() + 0.01)
assert sorted(map(str, seen)) == sorted(3 * ["True", "('mine',)", "in vain", "end"]), seen
"""
NEVER_BEGUN = """
import threading
from vurti.clock import Timeout
from vurti.clock.gevent_clock import GeventClock

clock = GeventClock()
entrance, seen = clock.entrance(), []

def elsewhere():
    try:
        entrance.run(lambda: seen.append("too late"), 0.01)
    except Timeout:
        seen.append("in vain")

thread = threading.Thread(target=elsewhere)
thread.start()
thread.join()  # blocks the event loop: nothing can begin
clock.sleep_until(clock.now() + 0.05)
assert seen == ["in vain"], seen
"""


@pytest.mark.parametrize("program", [f"{PATCH}\n{PROGRAM}", PROGRAM, NEVER_BEGUN])
def test_a_thread_gets_what_the_call_in_the_clocks_thread_gave_or_hears_that_it_did_not_begin(
    program: str,
) -> None:
    ends_well(program)


def test_in_virtual_time_it_is_a_plain_call() -> None:
    assert VirtualClock().entrance().run(lambda: 7, 1.0) == 7
