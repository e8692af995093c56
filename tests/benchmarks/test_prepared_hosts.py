"""The hosts of the benchmarks answer what real ones would, else figures were of something else."""

import socket
from pathlib import Path

import pytest

from benchmarks.peer import Peer
from benchmarks.peer.book import write_moments
from benchmarks.peer.spoken import BEAT_SECS
from benchmarks.watching import Pace, Watch, watching
from tests.ports import free_port
from tests.waiting import wait_for
from vurti.repository import open_for_reading

pytestmark = pytest.mark.slow

HOSTS, VMS, CHANGING = 3, 7, 0.2


def stored(watch: Watch) -> dict[str, str]:
    with open_for_reading(f"sqlite:///{watch.home / 'vurti.db'}") as reader:
        return {vm.value.id: vm.value.status.value for vm in reader.vdss.vms.list()}


def told(peer: Peer) -> dict[str, str]:
    """The last word of each VM that has ever changed."""
    return {id: "Paused" if paused else "Up" for id, paused, _ in peer.changes()}


@pytest.mark.parametrize("scheme", ["vdsm+tcp", "vdsm", "json+http", "vdsm+http", "qemu+tcp"])
def test_what_prepared_hosts_tell_is_what_vurti_stores_and_nothing_is_missed(
    tmp_path: Path, scheme: str
) -> None:
    keys = tmp_path / "keys" if scheme == "vdsm" else None
    with (
        Peer(free_port(), HOSTS, VMS, CHANGING, keys) as peer,
        watching(peer, tmp_path / "vurti", Pace(0.2, 1.0), scheme, keys=keys) as watch,
    ):
        watch.until_known()
        wait_for(lambda: len(peer.changes()) > 1.5 * HOSTS * VMS, "changes there and back")
        watch.process.terminate()
        watch.process.wait(30)
        agreed, summaries, found = told(peer), watch.summaries(), stored(watch)
    assert len(found) == HOSTS * VMS
    # What was told in the last poll before the end need not have been heard.
    wrong = {id for id, status in agreed.items() if found[id] != status}
    assert len(wrong) <= HOSTS
    assert set(found.values()) == {"Up", "Paused"}
    assert all(not one["missed"] for one in summaries)


def test_a_prepared_host_shows_that_it_lives_where_it_says_nothing_else() -> None:
    with (
        Peer(free_port(), 1, 1) as peer,
        socket.create_connection(peer.address(1), timeout=2 * BEAT_SECS) as sock,
    ):
        sock.sendall(b"CONNECT\naccept-version:1.2\nheart-beat:5000,5000\n\n\0")
        greeting = b""
        while not greeting.endswith(b"\0"):
            greeting += sock.recv(4096)
        for _ in range(3):  # it says this, and does not beat for as long as that is news
            sock.sendall(b"DISCONNECT\nreceipt:1\n\n\0")
            assert sock.recv(4096).startswith(b"RECEIPT")
        assert sock.recv(4096) == b"\n"


def test_each_vm_of_a_prepared_libvirt_host_has_vcpus_of_its_own(tmp_path: Path) -> None:
    (written,) = write_moments(VMS, lambda vm, moment, _: b"%d" % vm.sample(moment).vcpus, 1)
    wanted = {place: int(one.up) for place, one in enumerate(written)}

    def sampled() -> dict[str, int | None]:
        with open_for_reading(f"sqlite:///{watch.home / 'vurti.db'}") as reader:
            every = reader.vdss.vms.list()
        return {vm.value.id: vm.statistics.vcpus for vm in every if vm.statistics}

    with (
        Peer(free_port(), HOSTS, VMS, CHANGING) as peer,
        watching(peer, tmp_path / "vurti", Pace(0.2, 0.5), "qemu+tcp") as watch,
    ):
        watch.until_known()
        wait_for(lambda: len(sampled()) == HOSTS * VMS, "a sample of each VM")
    assert len(set(wanted.values())) > 1
    assert all(vcpus == wanted[int(vm[-12:], 16)] for vm, vcpus in sampled().items())
