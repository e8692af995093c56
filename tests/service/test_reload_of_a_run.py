"""`vurti run` whose configuration changes: at a SIGHUP, and by itself."""

import json
import signal
from pathlib import Path

from tests.service.program import Program
from tests.service.test_inventories_of_a_run import events, up
from tests.waiting import wait_for
from vurti.events import VdsRemoved, VmRemoved

CONFIG = """
[repository]
url = "sqlite:///vurti.db"
[poll]
status_secs = 0.5
[log]
format = "json"
[sources.sim]
seed = 11
hosts = 4
vms_per_host = 2
pace = 0
[inventory]
refresh_secs = {refresh}
[hosts.host-1]
url = "sim://host-1"
[streams.quiet]
from = "vms"
chain = [{{ op = "settle", secs = 5 }}]
"""
MORE = """
[hosts.host-2]
url = "sim://host-2"
[streams.news]
from = ["quiet", "hosts"]
[rules]
grace_secs = 5
[[test]]
stream  = "quiet"
why     = "a VM that stays paused is news"
in      = "-u--p-----|"
out     = "OUT"
where.u = { host = "host-1", vms = { v = "Up" } }
where.p = { host = "host-1", vms = { v = "Paused" } }
where.x = { event = "VmAdded", vm = "v", after = "Paused" }
"""


def said(program: Program) -> list[str]:
    """What it has logged, in order."""
    lines = [line for line in program.text().splitlines() if line.startswith("{")]
    return [str(json.loads(line)["message"]) for line in lines]


def told(program: Program, words: str) -> bool:
    return any(words in line for line in said(program))


def test_contract_17_a_sighup_uses_a_good_file_at_once_and_a_bad_one_changes_nothing(
    tmp_path: Path,
) -> None:
    file, store = tmp_path / "vurti.toml", f"sqlite:///{tmp_path / 'vurti.db'}"
    first = CONFIG.format(refresh=3600)
    file.write_text(first)
    with Program(tmp_path, "run", str(file)) as program:
        wait_for(lambda: up(store) == {1}, "the first host")

        def change(text: str, words: str) -> None:
            file.write_text(text)
            program.process.send_signal(signal.SIGHUP)
            wait_for(lambda: told(program, words), words, 60)

        change(first + "[hosts.host-2]\nurl = 'smi://host-2'\n", "there is no source 'smi'")
        change(first + MORE.replace("OUT", "-x---------"), "FAILED: a VM that stays paused is news")
        assert up(store) == {1}
        change(first + MORE.replace("OUT", "---------x|"), "hosts: 1 added ('host-2')")
        wait_for(lambda: up(store) == {1, 2}, "the second host")
        lines = said(program)
        program.process.send_signal(signal.SIGHUP)
        wait_for(lambda: told(program, "nothing has changed"), "word that nothing has changed")
        assert program.stop() == 0
    assert "the configuration has changed; streams: 1 added ('news'); 1 kept as they are" in lines
    assert "the configuration has changed; rules: grace_secs 60 → 5" in lines
    assert [one for one in events(store) if isinstance(one, VdsRemoved | VmRemoved)] == []


def test_a_changed_file_is_noticed_without_a_word(tmp_path: Path) -> None:
    file = tmp_path / "vurti.toml"
    file.write_text(CONFIG.format(refresh=0.5))
    with Program(tmp_path, "run", str(file)) as program:
        wait_for(lambda: told(program, "watching 1 hosts"), "the start")
        text = CONFIG.format(refresh=0.5).replace("secs = 5 ", "secs = 7 ")
        file.write_text(text.replace("status_secs = 0.5", "status_secs = 0.7"))
        wait_for(lambda: told(program, "streams: 1 changed ('quiet')"), "the change", 60)
        wait_for(lambda: told(program, "poll: status_secs 0.5 → 0.7"), "the new beats")
        assert program.stop() == 0
