"""The unit files: they say what vurti does, and systemd understands them."""

import configparser
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from vurti.cli import vurti

HOME = Path(__file__).parents[2] / "contrib" / "systemd"
EXPOSURE_MAX = 2.0


@pytest.fixture(params=["vurti.service", "vurti-serve.service"])
def unit(request: pytest.FixtureRequest) -> Path:
    return HOME / str(request.param)


def service(unit: Path) -> dict[str, str]:
    """Its settings; of those that come twice, the last."""
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]  # names as they are written
    parser.read(unit)
    return dict(parser["Service"])


def test_it_starts_a_command_that_there_is(unit: Path) -> None:
    program, *words = service(unit)["ExecStart"].split()
    assert Path(program).name == "vurti"
    shown = CliRunner().invoke(vurti, [words[0], "--help"])
    assert shown.exit_code == 0
    assert len(words) == 2


def test_it_waits_for_what_vurti_tells_and_has_what_vurti_needs(unit: Path) -> None:
    told = service(unit)
    assert told["Type"] == "notify"
    assert int(told["WatchdogSec"]) > 30  # nothing may hang for so long
    assert int(told["TimeoutStopSec"]) > 10  # the writer may take so long to store the rest
    assert told["RestartPreventExitStatus"] == "2"
    assert told["User"] == re.findall(r"^u (\w+) ", sysusers(), re.MULTILINE)[0]
    assert told["WorkingDirectory"] == "/var/lib/" + told["StateDirectory"]


def sysusers() -> str:
    return (HOME / "vurti.sysusers").read_text()


def test_neither_takes_away_what_the_other_has() -> None:
    """Systemd removes a RuntimeDirectory when the service ends."""
    both = (service(HOME / name) for name in ("vurti.service", "vurti-serve.service"))
    one, other = (told["RuntimeDirectory"] for told in both)
    assert one != other


def systemd(unit: Path, *words: str) -> str:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("there is no systemd-analyze: apt-get install systemd")
    told = subprocess.run(
        ["systemd-analyze", *words, str(unit)], capture_output=True, text=True, check=False
    )
    return told.stdout + told.stderr


def test_systemd_finds_nothing_wrong_with_it_but_that_vurti_is_not_installed_there(
    unit: Path,
) -> None:
    said = systemd(unit, "verify").splitlines()
    told = [line for line in said if "is not executable" not in line]
    assert told == []


def test_systemd_finds_it_hardened(unit: Path) -> None:
    told = systemd(unit, "security", "--offline=true", "--no-pager")
    (exposure,) = re.findall(rf"exposure level for {unit.name}: ([\d.]+)", told)
    assert float(exposure) <= EXPOSURE_MAX
