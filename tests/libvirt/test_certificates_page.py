"""libvirtd takes what docs/certificates.md tells to make, and nobody whom it does not name."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.docs.certificates import TOLD_TO_LIBVIRT, make, run
from tests.libvirt.bed import Bed
from tests.libvirt.machine import Host
from tests.libvirt.watching import Watcher
from vurti.model import Missed, Snapshot

pytestmark = pytest.mark.libvirt

OTHERS = """
openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/O=Example/CN={name}" \
    -keyout {name}.key -out {name}.req
openssl x509 -req -in {name}.req -CA ca.pem -CAkey ca.key -CAcreateserial -days 9 \
    -extfile {name}.ext -out {name}.pem
"""


@pytest.fixture
def pki(tmp_path: Path) -> Path:
    """What the page makes, for a host called localhost."""
    make(tmp_path, "localhost")
    return tmp_path


@pytest.fixture
def host(bed: Bed, pki: Path) -> Iterator[Host]:
    """A libvirtd with these certificates, set up as the page tells."""
    host = bed.host(2)
    file = host.home / "libvirtd.conf"
    before = file.read_text()
    replaced = ("auth_tls", "ca_file", "cert_file", "key_file")
    kept = [line for line in before.splitlines() if not line.startswith(replaced)]
    names = {"ca": "ca.pem", "cert": "alpha.pem", "key": "alpha.key"}
    files = [f'{key}_file = "{pki / name}"' for key, name in names.items()]
    file.write_text("\n".join([*kept, *files, TOLD_TO_LIBVIRT]))
    restart(host)
    yield host
    file.write_text(before)
    restart(host)


def restart(host: Host) -> None:
    host.kill_daemon()
    host.start_daemon()


def watched_as(name: str, pki: Path) -> dict[str, Any]:
    return {"ca_path": pki / "ca.pem", "cert_path": pki / f"{name}.pem",
            "key_path": pki / f"{name}.key"}  # fmt: skip


def test_vurti_is_let_in(host: Host, pki: Path) -> None:
    with Watcher(host.tls_url, **watched_as("vurti", pki)) as watch:
        assert isinstance(watch.ask(), Snapshot)


def refusal(host: Host, name: str, pki: Path) -> str:
    watch = Watcher(host.tls_url, **watched_as(name, pki))
    try:
        watch.endpoint.open(lambda _push: None, lambda _why: None)
        watch.until(lambda: isinstance(watch.ask(), Missed), "a miss")
        missed = watch.ask()
        assert isinstance(missed, Missed)
        return missed.reason
    finally:
        watch.endpoint.close()


def test_who_is_not_on_the_list_is_not(host: Host, pki: Path) -> None:
    run("cp client.ext other.ext\n" + OTHERS.format(name="other"), pki)
    assert "the host refused our certificate" in refusal(host, "other", pki)
    assert "not on the list of allowed clients" in host.log()


def test_nor_is_a_key_that_may_not_encipher(host: Host, pki: Path) -> None:
    run("sed s/,keyEncipherment// client.ext > vurti.ext\n" + OTHERS.format(name="vurti"), pki)
    assert "the host refused our certificate" in refusal(host, "vurti", pki)
    assert "usage does not permit key encipherment" in host.log()
