"""A certificate authority for one simulation: keys for the hosts and for their client.

It is for tests alone: its keys lie in the directory given, readable by their owner only.
"""

import datetime as dt
import ipaddress
import os
import ssl as plain_ssl
from pathlib import Path
from typing import Any

from gevent import ssl

from vurti.simulator.faults import SimulatorError

_LASTS = dt.timedelta(days=30)


class Authority:
    """Writes ca.pem, client.pem and client.key into `home`, all made anew, and each host's own at
    its first use. Raises SimulatorError where the package `cryptography` is missing."""

    def __init__(self, home: Path) -> None:
        try:
            from vurti.simulator.issuing import Issuer
        except ImportError as error:
            raise SimulatorError(
                "TLS needs the package `cryptography`: pip install 'vurti[simulate]'"
            ) from error
        home.mkdir(parents=True, exist_ok=True)
        self._home = home
        self._issuer = Issuer()
        self.ca, self.client, self.client_key = (
            home / name for name in ("ca.pem", "client.pem", "client.key")
        )
        self._host_key = home / "hosts.key"
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._write()

    def secure(self, host: str, ip: str, sock: Any) -> Any:
        """A host's side of TLS on an accepted socket. Raises OSError where the client will not do:
        it must show a certificate of this authority."""
        context = self._contexts.get(host)
        if context is None:
            context = self._contexts[host] = self._context(host, ip)
        secured = context.wrap_socket(sock, server_side=True, do_handshake_on_connect=False)
        try:
            secured.do_handshake()
        except BaseException:
            secured.close()  # whatever ended it, be it a time-out: nobody else has hold of it
            raise
        return secured

    def _context(self, host: str, ip: str) -> ssl.SSLContext:
        chain = self._home / f"{host}.pem"
        address = ipaddress.ip_address(ip)
        write(chain, self._issuer.host(host, address, dt.datetime.now(dt.UTC), _LASTS), 0o644)
        context = ssl.SSLContext(plain_ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain, self._host_key)
        context.load_verify_locations(self.ca)
        context.verify_mode = plain_ssl.CERT_REQUIRED
        return context

    def _write(self) -> None:
        now = dt.datetime.now(dt.UTC)
        write(self.ca, self._issuer.authority(now, _LASTS), 0o644)
        certificate, key = self._issuer.client("vurti", now, _LASTS)
        write(self.client, certificate, 0o644)
        write(self.client_key, key, 0o600)
        write(self._host_key, self._issuer.host_key(), 0o600)


def write(path: Path, content: bytes, mode: int) -> None:
    """A file that nobody else may read even for a moment, where the mode says so."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
