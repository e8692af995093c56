"""A store on a server in a process that gevent has patched: waiting for it holds nobody else up."""

from collections.abc import Iterator

import gevent
import pytest
from gevent.monkey import is_module_patched

from tests.postgres.server import Server
from tests.repository.stores import ServerStore
from vurti.clock import Worker
from vurti.clock.gevent_clock import GeventClock
from vurti.model import Row, Vm
from vurti.model.commit import Commit
from vurti.repository import Repository, open_for_reading, open_repository

ASKED = "select pg_sleep(0.5)"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server() as made:
        yield made


@pytest.fixture
def worker() -> Iterator[Worker]:
    worker = GeventClock().worker()
    yield worker
    worker.close()


@pytest.fixture
def store(server: Server) -> ServerStore:
    return ServerStore(server)


@pytest.fixture
def repository(store: ServerStore, worker: Worker) -> Iterator[Repository]:
    with open_repository(store.url, "system", worker) as repository:
        repository.start()
        yield repository


@pytest.fixture
def ticks() -> Iterator[list[None]]:
    """One more each time that the event loop comes round to it."""
    ticks: list[None] = []

    def tick() -> None:
        while True:
            ticks.append(None)
            gevent.sleep(0.005)

    ticking = gevent.spawn(tick)
    yield ticks
    ticking.kill()


def test_the_event_loop_goes_on_while_the_worker_waits_for_the_server(
    repository: Repository, worker: Worker, ticks: list[None]
) -> None:
    assert is_module_patched("select")
    for number in range(1, 30):
        repository.commit(Commit(number, number, (), (Row(Vm(f"vm{number}"), 1),)))
    ticks.clear()
    worker.run(lambda: repository._database._opened().execute(ASKED))  # type: ignore[attr-defined] # of a HeldServer
    assert len(ticks) > 5
    assert repository.vdss.vms.count() == 29


def test_a_reader_in_a_greenlet_of_its_own_lets_others_run(
    repository: Repository, store: ServerStore, ticks: list[None]
) -> None:
    with open_for_reading(store.url) as reader:
        ticks.clear()
        gevent.spawn(reader._read, lambda database: database.execute_sql(ASKED)).get(timeout=60)
        assert len(ticks) > 5
