"""`expect` from real threads, before and while the adapter runs, patched and not."""

from pathlib import Path

import pytest

from tests.programs import ends_well
from vurti.repository import open_for_reading

PATCH = "from gevent import monkey; monkey.patch_all()"
PROGRAM = """
import sys
from gevent.monkey import get_original
from vurti import PushAdapter, load_config
from vurti.errors import Refused
from vurti.repository import open_for_reading

start = get_original("_thread", "start_new_thread")
config = load_config(sys.argv[1])
told, wrong = [], []

def announce(number):
    try:
        id_ = adapter.expect("start", f"new-{number}", host="alpha", secs=600)
        with open_for_reading(config.repository.url) as reader:
            assert reader.expectations.get(id_) is not None, "not stored"
        if number % 2:
            adapter.cancel(id_)
        told.append(id_)
    except Exception as error:
        wrong.append(error)
    if len(told) + len(wrong) == 8:
        adapter.stop()

with PushAdapter(config) as adapter:
    adapter.run(1.5)
    for number in range(4):
        start(announce, (number,))  # while nothing runs: it waits for the event loop
    for number in range(4, 8):
        adapter.clock.spawn(start, announce, (number,))
    adapter.run(30)
assert (wrong, len(set(told))) == ([], 8), wrong
try:
    adapter.expect("start", "late")
except Refused:
    print("refused")
"""
CONFIG = """
[repository]
url = "sqlite:///v.db"
[hosts.alpha]
url = "sim://alpha"
cluster = "east"
"""


@pytest.mark.parametrize("first", [PATCH, ""])
def test_threads_announce_and_each_is_told_only_when_its_row_is_stored(
    tmp_path: Path, first: str
) -> None:
    file = tmp_path / "vurti.toml"
    file.write_text(CONFIG, encoding="utf-8")
    assert ends_well(f"{first}\n{PROGRAM}", str(file)) == "refused\n"
    with open_for_reading(f"sqlite:///{tmp_path}/v.db") as reader:
        found = list(reader.expectations.list(ended=True))
    assert sorted(one.thing for one in found) == [f"new-{number}" for number in range(8)]
    assert sorted(one.outcome for one in found) == 4 * ["cancelled"] + 4 * ["open"]
