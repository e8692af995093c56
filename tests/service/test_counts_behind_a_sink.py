"""Counts and floods in the time of the log: told once each, though vurti is killed in between."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.service.program import Program
from tests.waiting import wait_for
from vurti.repository import open_for_reading

pytestmark = pytest.mark.slow

CONFIG = """
[repository]
url = "sqlite:///vurti.db"
[poll]
status_secs = 0.5
[sources.sim]
seed = 3
hosts = 4
vms_per_host = 25
pace = 300.0
[streams.calm]
from = "vms"
chain = [{ op = "dampen", events_max = 1, secs = 2 }, { op = "set", labels = { team = "night" } }]
[streams.counts]
from = ["vms", "hosts"]
chain = [{ op = "count", secs = 1, by = ["kind"] }]
[sinks.calm]
kind = "ndjson"
from = "calm"
path = "calm.ndjson"
start = "oldest"
[sinks.counts]
kind = "ndjson"
from = "counts"
path = "counts.ndjson"
start = "oldest"
""" + "".join(f'[hosts.host-{n}]\nurl = "sim://host-{n}"\n' for n in range(1, 5))


def lines(file: Path) -> list[dict[str, Any]]:
    """Each told thing once: a receiver goes by the ids."""
    if not file.exists():
        return []
    told: dict[str, dict[str, Any]] = {}
    for text in file.read_text().splitlines():
        one = json.loads(text)
        assert told.setdefault(one["id"], one) == one, "one id, two contents"
    return list(told.values())


def test_each_event_is_in_one_count_and_each_sum_is_told_once_though_vurti_is_killed(
    tmp_path: Path,
) -> None:
    file = tmp_path / "vurti.toml"
    file.write_text(CONFIG)
    counts, calm = tmp_path / "counts.ndjson", tmp_path / "calm.ndjson"
    for _ in range(2):
        before = len(lines(counts))
        with Program(tmp_path, "run", str(file)) as program:
            wait_for(lambda n=before: len(lines(counts)) >= n + 6, "some counts", 60)
            program.kill()
    with Program(tmp_path, "run", str(file)) as program:
        before = len(lines(counts))
        wait_for(lambda: len(lines(counts)) >= before + 6, "counts after the kills", 60)
        wait_for(lambda: any("held" in one.get("labels", {}) for one in lines(calm)), "a flood", 60)
        assert program.stop() == 0
    with open_for_reading(f"sqlite:///{tmp_path / 'vurti.db'}") as reader:
        logged = reader.log(limit=1_000_000)
        places = {one.name: one.cursor for one in reader.bookmarks()}
    counted = lines(counts)
    assert sum(one["count"] for one in counted) == sum(
        one.cursor <= places["counts"] for one in logged
    )
    for one in lines(calm):
        assert one["kind"] == "Counted" or one["labels"]["team"] == "night"
    ids = {one.event.id for one in logged}
    assert not ids & {one["id"] for one in lines(calm)}  # other contents, other ids
