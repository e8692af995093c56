"""A worker that is closed leaves nothing of gevent behind in its thread: what ended there while the
process did has corrupted its memory."""

import subprocess
import sys

PROGRAM = """
from gevent import monkey
monkey.patch_all()
import gevent, time
from gevent.monkey import get_original
from vurti.clock.gevent_clock import GeventClock

pause, ended = get_original("time", "sleep"), []

def waits():
    hub = gevent.get_hub()  # as whatever waits by a patched socket has one
    end = hub.destroy
    def slowly(*args, **more):
        pause(0.3)
        end(*args, **more)
        ended.append(hub.loop)
    hub.destroy = slowly
    gevent.sleep(0)

worker = GeventClock().worker()
worker.run(waits)
worker.close()
print(ended)
worker.close()
"""


def test_the_event_loop_of_a_workers_thread_has_ended_when_it_is_closed() -> None:
    words = [sys.executable, "-c", PROGRAM]
    run = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout, run.stderr) == (0, "[None]\n", "")
