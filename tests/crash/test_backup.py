"""A copy that was made while vurti is at work is one moment of the store, and a start goes on from
it (docs/repository.md)."""

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.crash.history import History
from tests.crash.mischief import BRIEF, Mischief
from tests.outage.watched import ROOT, Embedded, embedded, simulated
from tests.postgres.server import Server
from tests.waiting import wait_for
from vurti.repository import open_all_for_reading, open_for_reading

pytestmark = pytest.mark.slow
HOSTS, VMS = 6, 5


def online(database: Path, copy: Path) -> None:
    """What `sqlite3 vurti.db ".backup 'backup.db'"` does."""
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target, pages=5)


def vacuumed(database: Path, copy: Path) -> None:
    with closing(sqlite3.connect(database)) as source:
        source.execute("vacuum into ?", (str(copy),))


def test_a_copy_of_a_busy_store_is_one_moment_of_it_and_a_start_goes_on_from_it(
    tmp_path: Path,
) -> None:
    path = tmp_path / "vurti.db"
    url = f"sqlite:///{path}"
    ways: dict[str, Callable[[Path, Path], None]] = {"online": online, "vacuumed": vacuumed}
    with simulated(tmp_path / "fleet", HOSTS, VMS, pace=0) as fleet:
        mischief = Mischief(fleet.control, 2, per_sec=40, secs_max=1, of_vms=BRIEF, of_hosts=0)
        mischief.start()
        with embedded(tmp_path, url, fleet, status_secs=0.5) as first:
            more(first, 2 * HOSTS * VMS)
            for name, way in ways.items():
                way(path, tmp_path / f"{name}.db")
                more(first, 30)
        for name in ways:
            with open_all_for_reading(f"sqlite:///{tmp_path / name}.db") as reader:
                History().read_on(reader)
        with open_for_reading(url) as reader:
            _, last = reader.log_bounds()
        restore(tmp_path / "online.db", path)
        assert "the log ends at" in events_since(tmp_path / "vurti.toml", last)
        with embedded(tmp_path, url, fleet, status_secs=0.5) as second:
            more(second, 30)
            second.look()
            mischief.end()
            wait_for(lambda: not second.wrong(), "the truth")
            second.stop()
            second.look()
        assert second.history.counts().returns > 0


@pytest.mark.postgres
def test_a_dump_of_a_busy_server_is_one_moment_of_it_and_a_start_goes_on_from_it(
    tmp_path: Path, postgres: Server
) -> None:
    url, restored = postgres.create("dumped"), postgres.create("restored")
    with simulated(tmp_path / "fleet", HOSTS, VMS, pace=0) as fleet:
        mischief = Mischief(fleet.control, 3, per_sec=40, secs_max=1, of_vms=BRIEF, of_hosts=0)
        mischief.start()
        with embedded(tmp_path, url, fleet, status_secs=0.5) as first:
            more(first, 2 * HOSTS * VMS)
            programs = (postgres.programs / "initdb").resolve().parent
            dump, restore = (str(programs / one) for one in ("pg_dump", "pg_restore"))
            file = str(tmp_path / "vurti.dump")
            subprocess.run([dump, "--format=custom", f"--file={file}", url], check=True)
            more(first, 30)
        subprocess.run([restore, f"--dbname={restored}", file], check=True)
        with open_all_for_reading(restored) as reader:
            History().read_on(reader)
        with embedded(tmp_path, restored, fleet, status_secs=0.5) as second:
            more(second, 30)
            mischief.end()
            wait_for(lambda: not second.wrong(), "the truth")
            second.stop()
            second.look()
        assert second.history.counts().returns > 0


def more(watching: Embedded, count: int) -> None:
    """So many events are stored."""
    wait_for(lambda: bool(watching.figures()), "figures")
    before = watching.now()["stored"]
    wait_for(lambda: watching.now()["stored"] >= before + count, f"{count} more events")


def restore(copy: Path, path: Path) -> None:
    for end in ("", "-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
    shutil.copy(copy, path)


def events_since(config: Path, cursor: int) -> str:
    """What somebody who has read further is told."""
    words = [sys.executable, "-m", "vurti", "events", str(config), "--since", str(cursor)]
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False).stderr
