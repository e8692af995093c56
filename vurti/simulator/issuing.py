"""Issues the certificates of a simulation. The only file that needs `cryptography`."""

import datetime as dt
import ipaddress

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_Key = ec.EllipticCurvePrivateKey
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Issuer:
    """Holds the authority's key, and the one key that all hosts share, in memory."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._hosts = ec.generate_private_key(ec.SECP256R1())
        self._name = _name("vurti simulation")

    def authority(self, now: dt.datetime, lasts: dt.timedelta) -> bytes:
        """Its own certificate, PEM."""
        plan = self._plan(self._name, self._key, now, lasts)
        plan = plan.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
        return self._signed(plan.add_extension(usage, critical=True))

    def host(self, name: str, address: _Address, now: dt.datetime, lasts: dt.timedelta) -> bytes:
        """A host's certificate, PEM, for its name and its address."""
        names = [x509.DNSName(name), x509.IPAddress(address)]
        plan = self._leaf(name, self._hosts, ExtendedKeyUsageOID.SERVER_AUTH, now, lasts)
        return self._signed(plan.add_extension(x509.SubjectAlternativeName(names), critical=False))

    def client(self, name: str, now: dt.datetime, lasts: dt.timedelta) -> tuple[bytes, bytes]:
        """A client's certificate and its key, both PEM."""
        key = ec.generate_private_key(ec.SECP256R1())
        plan = self._leaf(name, key, ExtendedKeyUsageOID.CLIENT_AUTH, now, lasts)
        return self._signed(plan), _pem(key)

    def host_key(self) -> bytes:
        """The hosts' key, PEM."""
        return _pem(self._hosts)

    def _leaf(
        self, name: str, key: _Key, use: x509.ObjectIdentifier, now: dt.datetime,
        lasts: dt.timedelta,
    ) -> x509.CertificateBuilder:  # fmt: skip
        plan = self._plan(_name(name), key, now, lasts)
        plan = plan.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        plan = plan.add_extension(x509.ExtendedKeyUsage([use]), critical=False)
        usage = x509.KeyUsage(True, False, True, False, False, False, False, False, False)
        return plan.add_extension(usage, critical=True)

    def _plan(
        self, name: x509.Name, key: _Key, now: dt.datetime, lasts: dt.timedelta
    ) -> x509.CertificateBuilder:
        plan = x509.CertificateBuilder(
            issuer_name=self._name,
            subject_name=name,
            public_key=key.public_key(),
            serial_number=x509.random_serial_number(),
            not_valid_before=now - dt.timedelta(hours=1),
            not_valid_after=now + lasts,
        )
        own = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        return plan.add_extension(own, critical=False).add_extension(issuer, critical=False)

    def _signed(self, plan: x509.CertificateBuilder) -> bytes:
        return plan.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def _pem(key: _Key) -> bytes:
    form = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return key.private_bytes(serialization.Encoding.PEM, *form)


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])
