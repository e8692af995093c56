"""How those that are compared with vurti are read, and what is said where they are not there."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import __main__ as program
from benchmarks.monitors import missing
from benchmarks.monitors.collectd import is_end_of, rows
from benchmarks.process import cpu_secs
from benchmarks.registry import Benchmark, Figure, Missing, Run

NOTE = (
    "[2026-11-26 15:07:16] Notification: severity = OKAY, host = vm1, plugin = virt, type ="
    " domain_state, message = Domain state: the domain is shut off. Reason: domain failed to start"
)


def test_what_is_missing_is_told_by_the_package_that_has_it(tmp_path: Path) -> None:
    (tmp_path / "prometheus").touch(mode=0o755)
    assert missing(str(tmp_path)) == ["prometheus-libvirt-exporter", "collectd-core"]


def test_a_benchmark_that_the_machine_lacks_something_for_is_left_out_and_says_why(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lacking(_: Run) -> Iterator[Figure]:
        raise Missing("there is no collectd-core. As root: apt-get install collectd-core")

    monkeypatch.setattr(program, "RESULTS", tmp_path / "results")
    monkeypatch.setattr(program, "PAGE", tmp_path / "no page")  # it would fail if it were written
    program.measure(Benchmark("some", "Some", "µs", lacking), Run(), page=True)
    told = "Some is left out: there is no collectd-core. As root: apt-get install collectd-core"
    assert capsys.readouterr().out.strip() == told
    assert not (tmp_path / "results").exists()


def test_a_line_of_collectds_files_counts_once_it_is_whole() -> None:
    csv = "epoch,state,reason\n1795705642.159,1.000000,1.000000\n1795705643.161,5.000000,3.000000\n"
    assert rows(csv) == [[1.0, 1.0], [5.0, 3.0]]
    assert rows(csv + "1795705644.161,5.0") == rows(csv)
    assert rows("epoch,state,reason\n") == []


def test_a_notification_is_of_the_vm_that_it_names() -> None:
    assert is_end_of("vm1", NOTE)
    assert not is_end_of("vm", NOTE)
    assert not is_end_of("vm10", NOTE)
    assert not is_end_of("vm1", NOTE.replace("shut off", "running"))
    assert not is_end_of("vm1", "virt plugin: failed to get stats for host = vm1, it is shut off")


def test_the_clock_of_a_process_is_that_of_the_kernel() -> None:
    before = time.process_time()
    told = cpu_secs(os.getpid())
    assert before <= told <= time.process_time()
