"""Who embeds vurti has the sinks of his configuration, as long as the adapter runs."""

import json
from pathlib import Path

from vurti import PushAdapter, load_config
from vurti.clock.virtual_clock import VirtualClock
from vurti.repository import open_for_reading

CONFIG = """
[repository]
url = "sqlite:///vurti.db"
[sources.sim]
seed = 5
vms_per_host = 8
pace = 10
[hosts.host-1]
url = "sim://host-1"
cluster = "east"
[hosts.host-2]
url = "sim://host-2"
cluster = "east"
[streams.calm]
from = "vms"
chain = [{ op = "settle", secs = 3, secs_max = 20 }]
[sinks.all]
kind = "ndjson"
from = "events"
path = "all.ndjson"
fsync = "never"
[sinks.calm]
kind = "ndjson"
from = "calm"
path = "calm.ndjson"
fsync = "never"
"""


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_what_an_adapter_commits_its_sinks_tell_to_the_last(tmp_path: Path) -> None:
    (tmp_path / "vurti.toml").write_text(CONFIG)
    clock, held = VirtualClock(), list[int]()
    for secs in (60, 7, 21.3, 40):  # each goes on where the one before has ended
        with PushAdapter(load_config(tmp_path / "vurti.toml"), clock=clock) as adapter:
            adapter.run(secs)
            every, calm = adapter.sinks.deliveries
            assert (every.name, calm.name, every.behind) == ("all", "calm", 0)
            held.append(calm.behind)
        assert clock.errors == []
        assert clock.stray() == []
    with open_for_reading(f"sqlite:///{tmp_path}/vurti.db") as reader:
        log = reader.log(limit=100_000)
        kept = {one.name: one for one in reader.bookmarks()}
    told = lines(tmp_path / "all.ndjson")
    assert [one["id"] for one in told] == [one.event.id for one in log]
    assert all(one["cluster"] == "east" for one in told)
    assert (kept["all"].cursor, kept["all"].sent) == (len(log), len(log))
    said = lines(tmp_path / "calm.ndjson")
    assert 0 < len(said) < len(told)
    assert len({one["id"] for one in said}) == len(said)
    assert any(held)  # what was not calm yet as one ended was told by the next
    assert kept["calm"].cursor == len(log) - held[-1]
