"""`vurti doctor`: what it says, and how it exits."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from vurti.cli import vurti
from vurti.cli.doctor import SHOWN_MAX

WELL = '[listen]\naddress = ""\n[sources.sim]\npace = 0\n[hosts.alpha]\nurl = "sim://alpha"\n'


def examined(home: Path, text: str, *words: str) -> Result:
    file = home / "vurti.toml"
    file.write_text(text, encoding="utf-8")
    file.chmod(0o600)
    return CliRunner().invoke(vurti, ["doctor", str(file), *words], catch_exceptions=False)


def test_a_set_up_that_is_well_exits_with_0(tmp_path: Path) -> None:
    told = examined(tmp_path, WELL)
    assert told.exit_code == 0, told.output
    assert told.output.splitlines()[-1].startswith("0 bad, ")
    assert "and 1 more: --all shows them" in told.output
    assert "alpha: answers in " in examined(tmp_path, WELL, "--all").output


def test_what_is_bad_exits_with_1_and_has_its_way_out_below_it(tmp_path: Path) -> None:
    told = examined(tmp_path, f'{WELL}[hosts.beta]\nurl = "vdsm+tcp://127.0.0.1:1"\n')
    assert told.exit_code == 1
    lines = told.output.splitlines()
    place = next(n for n, line in enumerate(lines) if "beta: network: " in line)
    assert lines[place].startswith("  bad   ")
    assert lines[place + 1].startswith("        → ")


def test_a_bad_configuration_is_told_as_check_tells_it(tmp_path: Path) -> None:
    told = examined(tmp_path, "[pol]\n[poll]\nstatus_sec = 2")
    assert told.exit_code == 1
    assert "vurti.toml:1: pol: unknown table" in told.output
    assert "→ did you mean `status_secs`?" in told.output


def test_json_is_a_finding_a_line(tmp_path: Path) -> None:
    told = examined(tmp_path, f'{WELL}[hosts.beta]\nurl = "vdsm+tcp://127.0.0.1:1"\n', "--json")
    found = [json.loads(line) for line in told.output.splitlines()]
    assert all(one.keys() == {"area", "subject", "verdict", "what", "way_out"} for one in found)
    assert {one["subject"]: one["verdict"] for one in found if one["area"] == "hosts"} == {
        "alpha": "ok", "beta": "bad",
    }  # fmt: skip
    assert told.exit_code == 1


def fleet(home: Path, urls: list[str]) -> str:
    hosts = "".join(f'[hosts.host-{n}]\nurl = "{url}"\n' for n, url in enumerate(urls))
    return examined(home, f'[listen]\naddress = ""\n{hosts}').output


def test_of_a_whole_fleet_that_is_ill_the_first_tell_why(tmp_path: Path) -> None:
    told = fleet(tmp_path, [f"vdsm+tcp://127.0.0.1:{n + 1}" for n in range(SHOWN_MAX + 7)])
    assert told.count("Connection refused") == SHOWN_MAX
    assert "and 7 more: --all shows them" in told


def test_what_is_the_same_of_many_is_said_once(tmp_path: Path) -> None:
    told = fleet(tmp_path, ["vdsm+tcp://127.0.0.1:1"] * 30)
    assert told.count("Connection refused") == 1
    assert "host-0, host-1, host-2 and 27 more: network: 127.0.0.1:1: Connection refused" in told


@pytest.mark.parametrize("words", [(), ("--json",)])
def test_contract_18_no_word_of_a_host_or_file_steers_the_terminal(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    told = examined(tmp_path, 'x = "\\u001b[2J"\n["\\u001b[31m"]\n', *words)
    assert told.exit_code == 1
    assert all(line.isprintable() for line in told.output.splitlines())


@pytest.mark.slow
def test_the_program_is_patched_so_that_hosts_over_requests_can_be_asked(tmp_path: Path) -> None:
    file = tmp_path / "vurti.toml"
    file.write_text('[listen]\naddress = ""\n[hosts.a]\nurl = "json+http://127.0.0.1:1/"\n')
    told = subprocess.run(
        [sys.executable, "-m", "vurti", "doctor", str(file)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (told.returncode, told.stderr) == (1, "")
    assert "a: network: " in told.stdout
