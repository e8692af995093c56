"""Programs that print inventories: real ones, in all the ways in which they go wrong."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.waiting import wait_for
from vurti.inventory.answer import Failed
from vurti.inventory.program import Program
from vurti.inventory.settings import InventorySettings


@contextmanager
def program(home: Path, code: str, *words: str, **settings: Any) -> Iterator[Program]:
    """A Python program of these lines."""
    whole = {"command": [sys.executable, "-c", code, *words], "directory": home, **settings}
    one = Program(InventorySettings.model_validate(whole))
    try:
        yield one
    finally:
        one.close()


def outcome(home: Path, code: str, *words: str, **settings: Any) -> bytes | Failed:
    with program(home, code, *words, **settings) as one:
        return one.fetch()


def test_what_it_prints_is_the_answer_however_much_it_complains(tmp_path: Path) -> None:
    code = "import sys; sys.stderr.write('x' * 300_000); print('y' * 300_000, end='')"
    assert outcome(tmp_path, code) == b"y" * 300_000


def test_it_runs_where_it_is_told_without_a_shell_between(tmp_path: Path) -> None:
    code = "import os, sys; print(os.getcwd(), sys.argv[1:])"
    words = ("$HOME", "a b", "'", "; exit 3")
    assert outcome(tmp_path, code, *words) == f"{tmp_path} {list(words)}\n".encode()


def test_a_relative_name_is_taken_from_where_it_runs(tmp_path: Path) -> None:
    script = tmp_path / "hosts.sh"
    script.write_text("#!/bin/sh\necho here\n")
    script.chmod(0o755)
    settings = InventorySettings.model_validate({"command": ["./hosts.sh"], "directory": tmp_path})
    assert Program(settings).fetch() == b"here\n"


def test_contract_19_a_program_gets_its_own_variables_and_few_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PASSWORD_OF_VURTI", "secret")
    monkeypatch.setenv("TZ", "UTC")
    code = "import os; print(sorted(k for k in os.environ if k in ('PASSWORD_OF_VURTI','TZ','A')))"
    assert outcome(tmp_path, code, environment={"A": "b"}) == b"['A', 'TZ']\n"


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("import sys; print('{'); sys.exit('no data base')", "ended with status 1: no data base"),
        ("import sys; sys.exit(3)", "its program ended with status 3"),
        ("import os; os.kill(os.getpid(), 9)", "its program was ended by signal 9"),
    ],
)
def test_one_that_ends_badly_fails_whatever_it_printed(tmp_path: Path, code: str, why: str) -> None:
    told = outcome(tmp_path, code)
    assert isinstance(told, Failed)
    assert why in told.reason


def test_one_that_is_not_there_fails(tmp_path: Path) -> None:
    settings = InventorySettings.model_validate({"command": ["no-such"], "directory": tmp_path})
    told = Program(settings).fetch()
    assert isinstance(told, Failed)
    assert "127" in told.reason


def test_one_in_a_directory_that_is_gone_fails(tmp_path: Path) -> None:
    told = outcome(tmp_path / "gone", "print(1)")
    assert isinstance(told, Failed)
    assert "status 126" in told.reason


def test_contract_11_one_that_hangs_is_killed_with_all_that_it_began(tmp_path: Path) -> None:
    # Both sleep for far longer than they are let live: that they end is what is tested.
    code = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "open('pid', 'w').write(str(child.pid))\n"
        "time.sleep(600)"
    )
    told = outcome(tmp_path, code, timeout_secs=2)
    assert told == Failed("its program took longer than 2 s")
    pid = int((tmp_path / "pid").read_text())
    wait_for(lambda: not alive(pid), "the end of its child")


def alive(pid: int) -> bool:
    told = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, check=False)
    return told.stdout.strip()[:1] not in (b"", b"Z")


def test_contract_11_one_that_never_ends_to_print_is_cut_off(tmp_path: Path) -> None:
    code = "import sys\nwhile True: sys.stdout.write('x' * 65536)"
    told = outcome(tmp_path, code, reply_bytes_max=1_000_000)
    assert told == Failed("its program printed more than 1000000 bytes")


def test_one_that_closes_its_output_and_goes_on_is_waited_for_only_so_long(tmp_path: Path) -> None:
    # It sleeps far beyond its time: that it is ended before is what is tested.
    code = "import os, time; print(1, flush=True); os.close(1); os.close(2); time.sleep(600)"
    assert outcome(tmp_path, code, timeout_secs=1) == Failed("its program took longer than 1 s")


@pytest.mark.parametrize("where", ["beside", "apart"])
def test_what_it_leaves_running_is_not_waited_for(tmp_path: Path, where: str) -> None:
    # Its child sleeps for longer than it may take itself: whoever waited for it would fail.
    code = (
        "import subprocess, sys\n"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(20)'],\n"
        "                 start_new_session='apart' in sys.argv)\n"
        "print('{}', flush=True)"
    )
    assert outcome(tmp_path, code, where, timeout_secs=15) == b"{}\n"


def test_one_that_is_aborted_from_another_thread_ends_at_once(tmp_path: Path) -> None:
    # It sleeps until it is aborted; the minutes are for a run of tests that dies before that.
    code = "open('begun', 'w').close()\nimport time; time.sleep(600)"
    with program(tmp_path, code, timeout_secs=600) as one:
        told: list[object] = []
        thread = threading.Thread(target=lambda: told.append(one.fetch()))
        thread.start()
        wait_for((tmp_path / "begun").exists, "the program")
        one.abort()
        thread.join(20)
        assert told == [Failed("its program was ended")]


def test_an_abort_that_came_too_late_does_not_end_the_next(tmp_path: Path) -> None:
    with program(tmp_path, "print(1)") as one:
        one.abort()
        assert one.fetch() == b"1\n"


def test_contract_19_a_secret_of_its_environment_is_not_told_on(tmp_path: Path) -> None:
    code = "import os, sys; sys.exit('cannot log in with ' + os.environ['PASSWORD'])"
    told = outcome(tmp_path, code, environment={"PASSWORD": "s3cret"})
    assert told == Failed("its program ended with status 1: cannot log in with ***")


def test_no_file_stays_open_and_no_child_unwaited_for(tmp_path: Path) -> None:
    others = children()
    with program(tmp_path, "print(1)") as one:
        one.fetch()
        before = len(os.listdir("/proc/self/fd"))
        for _ in range(5):
            one.fetch()
        assert len(os.listdir("/proc/self/fd")) == before
    assert children() <= others


def children() -> set[str]:
    """The processes that are ours, whoever of us has started them; also those that have ended.

    Asked of another process: the list that each of our threads has of its own goes away with the
    thread, and threads of earlier tests may still be ending.
    """
    ours = ["ps", "--ppid", str(os.getpid()), "-o", "pid=,args="]
    told = subprocess.run(ours, capture_output=True, text=True, check=True).stdout
    lines = (line.split(None, 1) for line in told.splitlines())
    return {pid for pid, args in lines if not args.startswith("ps --ppid")}
