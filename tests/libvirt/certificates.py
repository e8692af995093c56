"""A certificate authority for one test run: throw-away keys for hosts and for their clients."""

import datetime as dt
import ipaddress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID


class Authority:
    """Writes ca.pem, server.pem, server.key, client.pem and client.key into `home`."""

    def __init__(self, home: Path, host: str = "localhost") -> None:
        home.mkdir()
        self._home = home
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name("vurti test authority")
        plan = self._plan(self._name, self._key)
        plan = plan.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
        self._write("ca", plan.add_extension(usage, critical=True))
        self.ca = home / "ca.pem"
        self._issue("server", host, ExtendedKeyUsageOID.SERVER_AUTH)
        self._issue("client", "vurti", ExtendedKeyUsageOID.CLIENT_AUTH)
        self.client, self.client_key = home / "client.pem", home / "client.key"

    def _issue(self, file: str, name: str, use: x509.ObjectIdentifier) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        plan = self._plan(_name(name), key)
        plan = plan.add_extension(x509.ExtendedKeyUsage([use]), critical=False)
        names: list[x509.GeneralName] = [x509.DNSName(name)]
        if name == "localhost":
            names.append(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
        plan = plan.add_extension(x509.SubjectAlternativeName(names), critical=False)
        usage = x509.KeyUsage(True, False, True, False, False, False, False, False, False)
        self._write(file, plan.add_extension(usage, critical=True))
        form = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        path = self._home / f"{file}.key"
        path.touch(0o600)
        path.write_bytes(key.private_bytes(serialization.Encoding.PEM, *form))

    def _plan(self, name: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
        now = dt.datetime.now(dt.UTC)
        plan = x509.CertificateBuilder(
            issuer_name=self._name,
            subject_name=name,
            public_key=key.public_key(),
            serial_number=x509.random_serial_number(),
            not_valid_before=now - dt.timedelta(hours=1),
            not_valid_after=now + dt.timedelta(days=2),
        )
        own = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        return plan.add_extension(own, critical=False).add_extension(issuer, critical=False)

    def _write(self, file: str, plan: x509.CertificateBuilder) -> None:
        certificate = plan.sign(self._key, hashes.SHA256())
        (self._home / f"{file}.pem").write_bytes(
            certificate.public_bytes(serialization.Encoding.PEM)
        )


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])
