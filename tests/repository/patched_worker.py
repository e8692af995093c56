"""A store on a server in a process that gevent has patched: waiting for it holds nobody else up."""

import time

import gevent
from gevent.monkey import is_module_patched

from tests.postgres.server import Server
from tests.repository.stores import ServerStore
from vurti.clock.gevent_clock import GeventClock
from vurti.model import Row, Vm
from vurti.model.commit import Commit
from vurti.repository import open_for_reading, open_repository


def ticking(ticks: list[float]) -> None:
    while True:
        ticks.append(time.monotonic())
        gevent.sleep(0.005)


def test_the_event_loop_goes_on_while_the_worker_waits_for_the_server() -> None:
    assert is_module_patched("select")
    ticks: list[float] = []
    with Server() as server:
        worker = GeventClock().worker()
        store = ServerStore(server)
        ticker = gevent.spawn(ticking, ticks)
        with open_repository(store.url, "system", worker) as repository:
            repository.start()
            for number in range(1, 30):
                repository.commit(Commit(number, number, (), (Row(Vm(f"vm{number}"), 1),)))
            during = len(ticks)
            worker.run(lambda: repository._database._opened().execute("select pg_sleep(1)"))
            during = len(ticks) - during
            assert repository.vdss.vms.count() == 29
        ticker.kill()
        worker.close()
    assert during > 20, f"{during} ticks in a second"


def test_a_reader_in_a_greenlet_of_its_own_lets_others_run() -> None:
    ticks: list[float] = []
    with Server() as server:
        worker = GeventClock().worker()
        store = ServerStore(server)
        with open_repository(store.url, "system", worker) as repository:
            repository.start()
            ticker = gevent.spawn(ticking, ticks)
            with open_for_reading(store.url) as reader:
                asked = "select pg_sleep(1)"
                reading = gevent.spawn(reader._read, lambda database: database.execute_sql(asked))
                reading.get(timeout=20)
            ticker.kill()
        worker.close()
    assert len(ticks) > 20
