"""Killed in the middle of the writing, the store is whole: rows and log tell the same story."""

import os
import subprocess
import sys

import pytest

from vurti.model import Row
from vurti.repository import open_for_reading

COMMIT = """
import random, sys
from types import SimpleNamespace
from vurti.events import event
from vurti.model import Row, Statistics, Vm, VmStatistics, VmStatus
from vurti.model.commit import Commit
from vurti.repository import open_repository

worker = SimpleNamespace(run=lambda function, *args: function(*args))
repository = open_repository(sys.argv[1], "system", worker)
loaded = repository.start()
vms = {row.value.id: row for row in loaded.vms}
dice = random.Random(loaded.epoch)
number = 0
while True:
    number += 1
    rows, told = [], []
    for id_ in dice.sample([f"vm{n:03}" for n in range(900)], dice.choice((1, 3, 700))):
        known = vms.get(id_)
        seq = (known.seq if known else 0) + 1
        before = known and known.value
        gone = before is not None and dice.random() < 0.1
        after = Vm(id_, "n", dice.choice(list(VmStatus)), f"h{seq}")
        rows.append(Row(before if gone else after, seq, 0.0, float(number), "r", gone))
        told.append(event(before, None if gone else after, seq=seq, seq_first=seq))
        vms[id_] = rows[-1]
        if gone:
            del vms[id_]
    cursor = repository.commit(Commit(number, number, (), tuple(rows), tuple(told)))
    print(cursor, flush=True)
"""


@pytest.mark.parametrize("lines", [1, 2, 5, 9, 14])
def test_rows_equal_the_replayed_log_after_kill_9(url, lines) -> None:
    told = 0
    for _ in range(2):  # the second one starts from what the first one left
        told = max(told, _killed_after(lines, url))

    with open_for_reading(url) as reader:
        log = reader.log(limit=1_000_000)
        known = {record.value.id: record for record in reader.vdss.vms.list()}
    assert [one.cursor for one in log] == list(range(1, len(log) + 1))
    assert len(log) >= told, "what was told to be committed is not there"
    replayed: dict[str, Row] = {}
    for one in log:
        event = one.event
        assert event.before == (replayed[event.thing].value if event.thing in replayed else None)
        if event.after is None:
            del replayed[event.thing]
        else:
            replayed[event.thing] = Row(event.after, event.seq)
    assert {id_: record.value for id_, record in known.items()} == {
        id_: row.value for id_, row in replayed.items()
    }
    assert {id_: record.seq for id_, record in known.items()} == {
        id_: row.seq for id_, row in replayed.items()
    }


def _killed_after(lines: int, url: str) -> int:
    """The last cursor that a committing process told before it was killed, while it went on."""
    process = subprocess.Popen(
        [sys.executable, "-c", COMMIT, url],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.getcwd()},
    )
    told = [process.stdout.readline() for _ in range(lines)]
    assert all(told), "it ended by itself"
    process.kill()
    rest, _ = process.communicate()
    told += [line for line in rest.splitlines(keepends=True) if line.endswith("\n")]
    return int(told[-1])
