"""The program as a process: quick to answer, and what follows ends when it is told to."""

import json
import resource
import signal
import subprocess
import sys
from pathlib import Path

from tests.cli.conftest import Store
from vurti import __version__
from vurti.events import event
from vurti.model import Vm

PROGRAM = [sys.executable, "-m", "vurti"]
HEAVY = ("gevent", "peewee", "requests", "ssl", "reactivex", "pydantic", "rich", "msgspec")


def test_python_m_vurti_tells_its_version() -> None:
    told = subprocess.run([*PROGRAM, "--version"], capture_output=True, text=True, check=True)
    assert told.stdout == f"vurti {__version__}\n"


def test_the_help_loads_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "from vurti.cli import vurti\n"
        "vurti(['--help'], standalone_mode=False)\n"
        f"print([name for name in {HEAVY} if name in sys.modules], file=sys.stderr)\n"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stderr == "[]\n"
    assert all(f"\n  {command}" in told.stdout for command in ("run", "demo", "check", "events"))


def test_the_help_costs_less_than_150_ms_of_cpu() -> None:
    """CPU, not wall time, and the best of five: what a busy machine adds is not the program's."""
    assert min(_cpu_secs([*PROGRAM, "--help"]) for _ in range(5)) < 0.150


def _cpu_secs(words: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(words, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def test_follow_shows_what_is_committed_later_and_ends_at_ctrl_c(
    store: Store, config: Path
) -> None:
    store.commit(event(None, Vm("vm1"), id="first"))
    words = [*PROGRAM, "events", str(config), "--follow", "--since", "0", "--json"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as told:
        assert told.stdout is not None
        assert told.stderr is not None
        assert json.loads(told.stdout.readline())["id"] == "first"
        store.commit(event(None, Vm("vm2"), id="second"))
        assert json.loads(told.stdout.readline())["id"] == "second"
        told.send_signal(signal.SIGINT)
        assert told.wait(10) == 0
        assert told.stderr.read() == ""


def test_a_reader_that_goes_away_is_no_error(store: Store, config: Path) -> None:
    store.commit(*(event(None, Vm(f"vm{number}"), id=str(number)) for number in range(5000)))
    command = f"'{sys.executable}' -m vurti events '{config}' --since 0 --json | head -1"
    told = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True)
    assert json.loads(told.stdout)["id"] == "0"
    assert told.stderr == ""
