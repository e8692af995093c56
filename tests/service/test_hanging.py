"""Code that never returns is named by whoever ends the process for it."""

import signal
from pathlib import Path

import pytest

from tests.service.program import Program
from tests.waiting import wait_for

pytestmark = pytest.mark.slow


def test_contract_12_a_process_that_is_aborted_because_it_hangs_says_where_it_was(
    tmp_path: Path,
) -> None:
    config = tmp_path / "vurti.toml"
    config.write_text('[hosts.alpha]\nurl = "sim://alpha"\n', encoding="utf-8")
    with Program(tmp_path, "run", str(config)) as program:
        wait_for(lambda: "watching 1 hosts" in program.log.read_text(), "the start")
        program.process.send_signal(signal.SIGABRT)  # as systemd does without a sign of life
        assert program.process.wait(30) == -signal.SIGABRT
    told = program.log.read_text()
    assert "Fatal Python error: Aborted" in told
    assert "most recent call first" in told
    assert "gevent" in told
