"""The bed itself: it ends with the process that made it."""

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.libvirt import bed as beds
from tests.needs import need
from tests.waiting import wait_for

pytestmark = pytest.mark.libvirt

UP_SECS = 60.0
# It sleeps until it is killed; the minutes are for a run of tests that dies before that.
PROGRAM = """
import time
from tests.libvirt.bed import Bed
with Bed(hosts=1) as bed:
    vm = bed.vm()
    bed.host(1).start(vm)
    print(bed.home, bed.host(1).qemu_pid(vm), bed.host(1).daemon_pid(), flush=True)
    time.sleep(600)
"""


def test_nothing_lives_on_and_nothing_stays_mounted_when_its_process_is_killed() -> None:
    need("libvirt", beds.missing(), beds.HOW)
    words = [sys.executable, "-c", PROGRAM]
    root = Path(__file__).parents[2]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=root) as process:
        assert process.stdout is not None
        up, _, _ = select.select([process.stdout], [], [], UP_SECS)
        told = process.stdout.readline() if up else ""
        process.kill()
    assert told, "the bed did not come up"
    home, *pids = told.split()
    assert len(pids) == 2
    for pid in pids:
        wait_for(lambda pid=pid: not Path(f"/proc/{pid}").exists(), f"the end of process {pid}")
    assert home not in Path("/proc/mounts").read_text()
    beds.sweep()
    assert not Path(home).exists()


def test_a_hosts_vms_are_found_by_their_pids_outside() -> None:
    need("libvirt", beds.missing(), beds.HOW)
    with beds.Bed(hosts=1) as bed:
        vm = bed.vm("named")
        bed.host(1).start(vm)
        command = Path(f"/proc/{bed.host(1).qemu_pid(vm)}/cmdline").read_bytes()
        assert b"guest=named" in command
        os.kill(bed.host(1).qemu_pid(vm), signal.SIGCONT)
    assert not bed.home.exists()
