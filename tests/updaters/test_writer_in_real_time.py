"""The same writer on gevent, with everything patched as the service has it, on a real file."""

from pathlib import Path

import pytest

from tests.programs import ends_well
from vurti.repository import open_for_reading

pytestmark = pytest.mark.slow

RUN = """
from gevent import monkey; monkey.patch_all()
import sys, threading
import gevent
from vurti.clock.gevent_clock import GeventClock
from vurti.events import event
from vurti.model import Decision, Row, Statistics, Vds, Vm, VmStatistics, VmStatus
from vurti.repository import open_repository
from vurti.updaters import start_writer

clock = GeventClock()
worker = clock.worker()
repository = open_repository(sys.argv[1], "system", worker)
repository.start()
told = []
writer = start_writer(
    clock,
    commit=repository.commit,
    save_statistics=repository.save_statistics,
    prune=repository.prune,
    on_committed=told.extend,
)
host = Vds("h")
writer.on_next(Decision(1, 0.0, 0.0, (Row(host),), (event(None, host, seq=1, seq_first=1),)))
for number in range(2, 502):
    vm = Vm(f"vm{number}", status=VmStatus.UP, run_on="h")
    writer.on_next(
        Decision(
            number, 0.0, 0.0, (Row(vm, 1),), (event(None, vm, seq=1, seq_first=1),),
            statistics=(Statistics("h", float(number), vms={vm.id: VmStatistics(1.0)}),),
        )
    )
    if number % 50 == 0:
        gevent.sleep(0.02)
        len(repository.vdss.vms.list())  # read on the same worker in the middle of it
assert writer.stop(), "something was left behind"
assert [one.cursor for one in told] == list(range(1, 502))
assert told == repository.log()
repository.close()
worker.close()
"""


def test_everything_decided_is_in_the_file_when_stop_returns(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/vurti.db"
    ends_well(RUN, url)
    with open_for_reading(url) as reader:
        assert reader.vdss.vms.count() == 500
        assert reader.log_bounds() == (1, 501)
        assert reader.vdss.get("h").heard_at == 501.0
