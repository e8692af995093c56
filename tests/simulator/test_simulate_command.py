"""`vurti simulate` as a program: what it writes, and what it says where it cannot."""

import os
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from vurti.simulator import SimulatorError
from vurti.simulator.places import own_addresses, own_ports

PROGRAM = (sys.executable, "-m", "vurti", "simulate")


def simulated(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        (*PROGRAM, *words), capture_output=True, text=True, timeout=60, check=False
    )


def test_it_writes_the_hosts_for_vurti_run(tmp_path: Path) -> None:
    table, keys = tmp_path / "hosts.toml", tmp_path / "keys"
    told = simulated(
        "--hosts", "3", "--vms", "1", "--scheme", "vdsm", "--ports-from", "0",
        "--write", str(table), "--directory", str(keys), "--for", "0.01",
    )  # fmt: skip
    assert (told.returncode, told.stderr) == (0, "")
    written = tomllib.loads(table.read_text())
    assert list(written["hosts"]) == ["host-1", "host-2", "host-3"]
    assert all(one["url"].startswith("vdsm://127.0.0.1:") for one in written["hosts"].values())
    assert written["sources"]["vdsm"]["ca_path"] == str(keys / "ca.pem")
    assert "3 hosts with 3 VMs" in told.stdout
    checked = subprocess.run(
        (sys.executable, "-m", "vurti", "check", str(table)),
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--fault", "odd"), "no fault 'odd'"),
        (("--speak", "9.9"), "no version '9.9'"),
        (("--speak", "4.5", "--scheme", "vdsm+http"), "no vdsm+http://"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(words: tuple[str, ...], said: str) -> None:
    told = simulated("--ports-from", "0", "--for", "0.01", *words)
    assert told.returncode == 1
    assert said in told.stderr
    assert "Traceback" not in told.stderr


def test_too_few_open_files_are_said_with_the_way_out() -> None:
    words = " ".join((*PROGRAM, "--hosts", "200", "--ports-from", "0", "--for", "0.01"))
    told = subprocess.run(
        ("sh", "-c", f"ulimit -n 150 && exec {words}"),
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert told.returncode == 1
    assert "200 hosts need 464 open files and 150 are allowed: run `ulimit -n" in told.stderr


def test_sigterm_ends_it_in_order() -> None:
    words = (*PROGRAM, "--hosts", "1", "--ports-from", "0")
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environment) as program:
        assert program.stdout is not None
        assert "1 hosts" in program.stdout.readline()
        assert "truth" in program.stdout.readline()
        program.send_signal(signal.SIGTERM)
        assert program.wait(30) == 0


def test_every_host_has_an_address_or_a_port_of_its_own() -> None:
    ips = [next(places) for places in [own_addresses(54321)] for _ in range(1000)]
    assert len({one.ip for one in ips}) == 1000
    assert {one.port for one in ips} == {54321}
    assert not [one for one in ips if one.ip.endswith((".0", ".255"))]
    places = own_ports(65534)
    assert [next(places).port for _ in range(2)] == [65534, 65535]
    with pytest.raises(SimulatorError, match="65535"):
        next(places)
