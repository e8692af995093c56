"""The commands of docs/certificates.md make certificates by which both sides know each other."""

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import gevent
import pytest
from gevent import socket, ssl

from tests.docs.certificates import make, run
from tests.needs import need
from vurti.sources.dial import Tls, Trouble, secure


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory in which the page's commands were run, from top to bottom."""
    need("openssl", [one for one in ("openssl",) if not shutil.which(one)], "Install openssl.")
    home = tmp_path_factory.mktemp("pki")
    make(home)
    return home


@pytest.fixture
def host(made: Path) -> Iterator[socket.socket]:
    """A host that wants to see a certificate, and says by whose it was met. Gives our end."""
    ours, its = socket.socketpair()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made / "alpha.pem", made / "alpha.key")
    context.load_verify_locations(made / "ca.pem")
    context.verify_mode = ssl.CERT_REQUIRED

    def meet() -> None:
        met = context.wrap_socket(its, server_side=True, do_handshake_on_connect=False)
        with met, suppress(OSError):
            met.do_handshake()
            (name,) = [value for ((key, value),) in met.getpeercert()["subject"]
                       if key == "commonName"]  # fmt: skip
            met.sendall(name.encode())

    task = gevent.spawn(meet)
    yield ours
    task.kill()
    ours.close()
    its.close()


def meets(ours: socket.socket, name: str, made: Path) -> str:
    """What the host of this name calls us."""
    tls = Tls(made / "ca.pem", made / "vurti.pem", made / "vurti.key")
    with secure(ours, name, tls) as met:
        return met.recv(100).decode()


def test_a_host_and_vurti_know_each_other_by_the_certificates_of_the_page(
    made: Path, host: socket.socket
) -> None:
    assert meets(host, "alpha.example", made) == "vurti"


def test_a_host_of_another_name_is_not_taken_for_it(made: Path, host: socket.socket) -> None:
    with pytest.raises(Trouble, match="its certificate is not valid"):
        meets(host, "beta.example", made)


def test_nobody_else_reads_the_keys_that_the_page_makes(made: Path) -> None:
    keys = sorted(path.name for path in made.glob("*.key"))
    assert keys == ["alpha.key", "ca.key", "ovirt.key", "vurti.key"]
    assert {os.stat(made / key).st_mode & 0o777 for key in keys} == {0o600}


def test_libvirts_own_demand_is_kept(made: Path) -> None:
    """It lets no client in whose key may not encipher."""
    for name in ("alpha.pem", "vurti.pem"):
        told = run(f"openssl x509 -noout -ext keyUsage -in {name}", made)
        assert "Key Encipherment" in told
