"""The unit file: it says what vurti does, and systemd understands it."""

import configparser
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from vurti.cli import vurti

UNIT = Path(__file__).parents[2] / "contrib" / "systemd" / "vurti.service"
EXPOSURE_MAX = 2.0


def service() -> dict[str, str]:
    """Its settings; of those that come twice, the last."""
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]  # names as they are written
    parser.read(UNIT)
    return dict(parser["Service"])


def test_it_starts_a_command_that_there_is() -> None:
    program, *words = service()["ExecStart"].split()
    assert Path(program).name == "vurti"
    shown = CliRunner().invoke(vurti, [words[0], "--help"])
    assert shown.exit_code == 0
    assert len(words) == 2


def test_it_waits_for_what_vurti_tells_and_has_what_vurti_needs() -> None:
    told = service()
    assert told["Type"] == "notify"
    assert int(told["WatchdogSec"]) > 30  # nothing may hang for so long
    assert int(told["TimeoutStopSec"]) > 10  # the writer may take so long to store the rest
    assert told["RestartPreventExitStatus"] == "2"
    assert told["User"] == re.findall(r"^u (\w+) ", sysusers(), re.MULTILINE)[0]
    assert told["WorkingDirectory"] == "/var/lib/" + told["StateDirectory"]


def sysusers() -> str:
    return UNIT.with_suffix(".sysusers").read_text()


def systemd(*words: str) -> str:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("there is no systemd-analyze: apt-get install systemd")
    told = subprocess.run(
        ["systemd-analyze", *words, str(UNIT)], capture_output=True, text=True, check=False
    )
    return told.stdout + told.stderr


def test_systemd_finds_nothing_wrong_with_it_but_that_vurti_is_not_installed_there() -> None:
    told = [line for line in systemd("verify").splitlines() if "is not executable" not in line]
    assert told == []


def test_systemd_finds_it_hardened() -> None:
    told = systemd("security", "--offline=true", "--no-pager")
    (exposure,) = re.findall(r"exposure level for vurti.service: ([\d.]+)", told)
    assert float(exposure) <= EXPOSURE_MAX
