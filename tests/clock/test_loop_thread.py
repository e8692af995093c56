"""A thread with an event loop of its own: patched and not, in processes of their own."""

import pytest

from tests.programs import ends_well

PATCH = "from gevent import monkey; monkey.patch_all()"
TO_AND_FRO = """
from gevent.monkey import get_original
from vurti.clock.gevent_clock import GeventClock
from vurti.clock.gevent_thread import LoopThread

ident, clock = get_original("_thread", "get_ident"), GeventClock()
entrance, here, went = clock.entrance(), ident(), []
thread = LoopThread()

def pause(secs):
    clock.sleep_until(clock.now() + secs)

def asks_back():
    assert ident() != here
    others = clock.spawn(lambda: (pause(0.01), went.append("another goes on")))
    back = entrance.run(lambda: (pause(0.1), ident())[1], 20)  # only who asks waits there
    went.append("answered")
    others.join()
    return back == here

assert thread.run(asks_back)
assert went == ["another goes on", "answered"], went

def wrong():
    raise KeyError("mine")

try:
    thread.run(wrong)
except KeyError as error:
    went.append(error.args)
done = clock.signal()
for number in range(100):
    thread.post(lambda number=number: went.append(number))
thread.run(lambda: None)
assert went[2:] == [("mine",), *range(100)], went
thread.close()
"""
IDLE = """
import gevent
from vurti.clock.gevent_clock import GeventClock
from vurti.clock.gevent_thread import LoopThread

for _ in range(20):
    LoopThread().close()  # nothing in it waits for anything
thread = LoopThread()
gevent.sleep(0.1)
assert thread.run(lambda: 7) == 7
thread.run(lambda: gevent.spawn(gevent.sleep, 60))  # is let go
thread.close()
"""
GONE = """
import gevent
from vurti.clock.gevent_clock import GeventClock
from vurti.clock.gevent_thread import LoopThread

clock, told = GeventClock(), []
entrance, thread = clock.entrance(), LoopThread()

def asks():
    entrance.run(lambda: (clock.sleep_until(clock.now() + 0.3), told.append("ended")), 20)

tasks = []
thread.run(lambda: tasks.append(clock.spawn(asks)))
clock.sleep_until(clock.now() + 0.1)
thread.run(tasks[0].kill)
thread.close()
clock.sleep_until(clock.now() + 0.4)
assert told == ["ended"], told
"""
TOLD = """
import gevent
from vurti.clock.gevent_errors import tell_errors
from vurti.clock.gevent_thread import LoopThread

told = []
tell_errors(lambda error: told.append(repr(error)))
thread = LoopThread()
thread.run(lambda: gevent.spawn(lambda: 1 / 0).join())
thread.close()
assert told == ["ZeroDivisionError('division by zero')"], told
"""


@pytest.mark.parametrize("patch", [PATCH, ""])
@pytest.mark.parametrize(
    "program",
    [
        pytest.param(TO_AND_FRO, id="each_asks_the_other_and_only_who_asks_waits"),
        pytest.param(IDLE, id="it_lasts_while_nothing_in_it_waits_and_ends_while_something_does"),
        pytest.param(GONE, id="who_asked_and_was_ended_is_not_told"),
        pytest.param(TOLD, id="what_a_greenlet_of_it_raises_is_told_as_ours_are"),
    ],
)
def test_between_two_event_loops(program: str, patch: str) -> None:
    ends_well(f"{patch}\n{program}")
