"""Contract 10, counted by the database itself: ten minutes in which only samples move."""

from pathlib import Path

import pytest

from tests.quiet.writes import STATE, count_in_sqlite, written_in_sqlite
from vurti import PushAdapter
from vurti.clock.virtual_clock import VirtualClock
from vurti.config import Config
from vurti.repository import open_for_reading
from vurti.repository.settings import RepositorySettings
from vurti.sources import SourceOptions
from vurti.sources.sim import demo_fleet

pytestmark = pytest.mark.slow
HOSTS, VMS, SECS = 12, 6, 600.0


def test_contract_10_in_ten_quiet_minutes_no_row_of_state_and_none_of_the_log_is_written(
    tmp_path: Path,
) -> None:
    path = tmp_path / "vurti.db"
    hosts, sim = demo_fleet(HOSTS, VMS, seed=5)
    config = Config(
        hosts=hosts,
        repository=RepositorySettings(url=f"sqlite:///{path}"),
        sources=SourceOptions(sim=sim.model_copy(update={"pace": 0.0})),
    )
    clock = VirtualClock()
    with PushAdapter(config, clock=clock) as adapter:
        adapter.run(60)
        count_in_sqlite(path)
        commits = adapter.writing.commits
        clock.sleep_until(clock.now() + SECS)
        written = written_in_sqlite(path)
        assert adapter.writing.commits == commits
        with open_for_reading(config.repository.url) as reader:
            heard = [one.heard_at for one in reader.vdss.list()]
        ages = [clock.wall() - at for at in heard if at is not None]
    assert clock.stray() == []
    assert {table: written[table] for table in STATE} == dict.fromkeys(STATE, 0)
    rounds = SECS / config.poll.statistics_secs
    # Samples of a host and of its VMs are two answers, and so at most two rows of the host.
    assert HOSTS * (rounds - 1) <= written["vds_statistics"] <= 2 * HOSTS * (rounds + 1)
    assert written["vm_statistics"] > HOSTS * VMS
    assert len(ages) == HOSTS
    assert max(ages) < 2 * config.poll.statistics_secs
