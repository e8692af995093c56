"""A fleet whose configuration is reloaded again and again: who is not meant does not notice."""

import gc
import os
from pathlib import Path
from typing import Any

from vurti import PushAdapter, load_config
from vurti.clock.virtual_clock import VirtualClock
from vurti.config import Config
from vurti.config.reread import Files
from vurti.streams.sums import is_known

CONFIG = """
[repository]
url = "sqlite:///vurti.db"
[poll]
status_secs = 1.0
[inventory]
refresh_secs = 2
[sources.sim]
seed = 5
hosts = 4
vms_per_host = 6
pace = 60.0
""" + "".join(f'[hosts.host-{n}]\nurl = "sim://host-{n}"\n' for n in range(1, 5))
STILL = """
[streams.still]
from = "vms"
[streams.behind]
from = "still"
chain = [{ op = "settle", secs = 3 }]
"""
ONE = CONFIG + STILL + "[streams.moved]\nfrom = 'vms'\nchain = [{ op = 'window', secs = 4 }]\n"
TWO = CONFIG + STILL + "[streams.moved]\nfrom = ['vms', 'hosts']\n[rules]\ngrace_secs = 70\n"


class Untried(Config):
    """Its changed files are used without a trial in another process, which takes seconds."""

    def reread(self, *, tried: bool = False) -> Files:
        return super().reread(tried=False)


def reload_often(home: Path, times: int, counted: list[int]) -> tuple[dict[str, list[Any]], int]:
    """What streams say while two configurations take turns, and how often that was."""
    file, clock = home / "vurti.toml", VirtualClock()
    file.write_text(ONE)
    config = Untried(**vars(load_config(file)))
    heard: dict[str, list[Any]] = {"vms": [], "still": [], "behind": [], "moved": []}
    with PushAdapter(config, clock=clock) as adapter:
        for name, items in heard.items():
            adapter[name].subscribe(items.append)
        adapter.run(5)
        for number in range(times):
            file.write_text((TWO, ONE)[number % 2])
            os.utime(file, ns=(0, number))
            adapter.reload()
            adapter.run(1.5)
            if number in (times // 2, times - 1):
                gc.collect()
                counted.append(len(gc.get_objects()) - sum(map(len, heard.values())))
        assert adapter.pipeline.view.rules.grace_secs == (70, 60)[times % 2 == 0]
        adapter.run(10)
        lines = len(adapter.streams.named.lines)
    clock.run(until=clock.now() + 1)
    assert clock.stray() == []
    assert clock.errors == []
    return heard, lines


def news(items: list[Any]) -> list[Any]:
    return [one for one in items if not is_known(one)]


def test_a_reload_under_load_loses_no_event_and_no_state_of_streams_that_stay(
    tmp_path: Path,
) -> None:
    heard, lines = reload_often(tmp_path, 20, [])
    assert len(news(heard["vms"])) > 100
    assert heard["still"] == heard["vms"]
    assert lines == 4  # still; still behind it and behind; moved
    ends: dict[str, dict[str, Any]] = {}
    for name in ("vms", "behind", "moved"):
        ends[name] = {one.thing: one.after for one in heard[name] if one.kind.startswith("Vm")}
    assert ends["vms"] == ends["behind"] == ends["moved"]


def test_two_hundred_reloads_of_a_running_fleet_leave_nothing_behind(tmp_path: Path) -> None:
    counted: list[int] = []
    reload_often(tmp_path, 200, counted)
    half, whole = counted
    assert whole - half < 500, "objects are left behind by each reload"
