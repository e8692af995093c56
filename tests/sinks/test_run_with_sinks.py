"""`vurti run` with sinks, killed and with receivers that fail: what they have is what is stored."""

import json
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.service.program import Program
from tests.sinks.receiver import Receiver
from tests.waiting import wait_for
from vurti.config import Config, load_config
from vurti.repository import open_for_reading

pytestmark = pytest.mark.slow

SECRET = "a secret that is long enough"
CONFIG = """
[repository]
url = "{url}"
[listen]
address = ""
[poll]
status_secs = 0.5
statistics_secs = 2
statistics_timeout_secs = 2
timeout_secs = 1
[rules]
grace_secs = 2
quiet_secs = 0
[sources.sim]
seed = 11
hosts = 6
vms_per_host = 10
pace = 20
begun_at = {begun_at}

[streams.calm]
from = "vms"
chain = [{{ op = "settle", secs = 0.7, secs_max = 3 }}]

[sinks.hook]
kind = "webhook"
from = "events"
start = "oldest"
url = "{hook}"
secret = "{secret}"
batch_max = 20
timeout_secs = 1
retry_secs = 0.05
retry_secs_max = 0.5

[sinks.calm]
kind = "webhook"
from = "calm"
start = "oldest"
url = "{calm}"
timeout_secs = 1
retry_secs = 0.05
retry_secs_max = 0.5

[sinks.file]
kind = "ndjson"
from = "events"
start = "oldest"
path = "events.ndjson"
"""


@pytest.fixture(params=["file", pytest.param("server", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    if request.param == "file":
        yield "sqlite:///vurti.db"
        return
    server = request.getfixturevalue("postgres")
    made = server.create()
    yield made
    server.drop(made.rpartition("/")[2])


def configured(home: Path, url: str, hook: str, calm: str) -> Config:
    begun_at = round(time.time(), 1)
    text = CONFIG.format(url=url, begun_at=begun_at, hook=hook, calm=calm, secret=SECRET)
    text += "".join(f'[hosts.host-{n}]\nurl = "sim://host-{n}"\n' for n in range(1, 7))
    (home / "vurti.toml").write_text(text)
    return load_config(home / "vurti.toml")


FAULTS = {"error": 0.1, "busy": 0.05, "drop": 0.05, "cut": 0.1, "half": 0.05, "hang": 0.02}


def test_contract_7_and_8_a_receiver_that_dedupes_has_the_log_whatever_befalls_it_and_us(
    tmp_path: Path, url: str
) -> None:
    with (
        Receiver(seed=1, faults=FAULTS, secret=SECRET) as hook,
        Receiver(seed=2, faults=FAULTS) as calm,
    ):
        config = configured(tmp_path, url, hook.url, calm.url)
        command = ("run", str(tmp_path / "vurti.toml"))
        for round_ in (1, 2):
            with Program(tmp_path, *command) as program:
                told = len(hook.unique)
                hook.wait_for(lambda told=told: len(hook.unique) > told + 60, "a busy fleet")
                if round_ == 2:
                    hook.down()
                    time.sleep(0.5)  # nothing is waited for: it is away meanwhile
                    hook.up()
                program.kill()
        hook.faults, calm.faults = {}, {}
        with Program(tmp_path, *command) as last:
            told = len(hook.unique)
            hook.wait_for(lambda: len(hook.unique) > told + 20, "a busy fleet")
            assert last.stop() == 0, last.text()
        check(config, tmp_path, hook, calm)


def check(config: Config, home: Path, hook: Receiver, calm: Receiver) -> None:
    with open_for_reading(config.repository.url) as reader:
        log = reader.log(limit=1_000_000)
        bookmarks = {one.name: one for one in reader.bookmarks()}
        assert {name: one.cursor for name, one in bookmarks.items() if name != "calm"} == {
            "hook": log[-1].cursor, "file": log[-1].cursor,
        }  # fmt: skip
        assert all(reader.dead_letter_counts().get(name, 0) == 0 for name in bookmarks)
    assert (hook.problems, calm.problems) == ([], [])
    ids = [one.event.id for one in log]
    assert sorted(hook.unique) == sorted(ids)
    assert len(hook.told) > len(hook.unique), "nothing came twice: the faults did nothing"
    order: defaultdict[str, list[str]] = defaultdict(list)
    for one in log:
        order[one.event.thing].append(one.event.id)
    for thing, told in order.items():
        noun = "host" if thing.startswith("host-") else "vm"
        assert [one["id"] for one in hook.of(f"{noun}/{thing}")] == told
    lines = [json.loads(line) for line in (home / "events.ndjson").read_text().splitlines()]
    assert list(dict.fromkeys(one["id"] for one in lines)) == ids
    assert bookmarks["hook"].retries > 0
    of_vms = {one.event.id: one.event for one in log}
    for id_, one in calm.unique.items():
        last = of_vms[id_.partition("~")[0]]  # a sum carries the id of its last part
        assert one["data"]["seq"] == last.seq


def test_a_sink_that_hangs_delays_neither_polls_nor_commits_nor_other_sinks(tmp_path: Path) -> None:
    with Receiver(faults={"hang": 1.0}) as hook, Receiver() as calm:
        config = configured(tmp_path, "sqlite:///vurti.db", hook.url, calm.url)
        with Program(tmp_path, "run", str(tmp_path / "vurti.toml")) as program:
            file = tmp_path / "events.ndjson"
            wait_for(file.exists, "the file")
            wait_for(lambda: file.read_text().count("\n") > 150, "events in the file")
            calm.wait_for(lambda: len(calm.unique) > 20, "events behind the chain")
            assert program.stop() == 0, program.text()
        assert hook.unique == {}
        with open_for_reading(config.repository.url) as reader:
            (one,) = (one for one in reader.bookmarks() if one.name == "hook")
            assert one.cursor == 0
            assert one.failing_since is not None
            assert "no answer" in one.failure
