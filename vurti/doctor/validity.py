"""From when until when a certificate holds, without a library for certificates: two fields of DER.

RFC 5280, 4.1: Certificate ::= SEQUENCE { tbsCertificate SEQUENCE { [0] version, serialNumber,
signature, issuer, validity SEQUENCE { notBefore, notAfter }, … }, … }. X.690, 8.1 tells how an
element is written.
"""

import re
import ssl
from datetime import UTC, datetime
from pathlib import Path

_PEM = re.compile("-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
_VERSION, _UTC_TIME = 0xA0, 0x17


def certificates_of(file: Path) -> list[bytes]:
    """The certificates of a PEM file, as DER. Raises OSError, and ValueError for what is none."""
    text = file.read_bytes().decode("ascii", "replace")
    found = [ssl.PEM_cert_to_DER_cert(one) for one in _PEM.findall(text)]
    if not found:
        raise ValueError("there is no certificate in it")
    return found


def validity(der: bytes) -> tuple[float, float]:
    """From when and until when it holds, in seconds since 1970. Raises ValueError."""
    try:
        place = _inside(der, _inside(der, 0))
        tag, _, end = _element(der, place)
        place = end if tag == _VERSION else place
        for _ in ("serialNumber", "signature", "issuer"):
            _, _, place = _element(der, place)
        first = _inside(der, place)
        _, _, second = _element(der, first)
        return _time(der, first), _time(der, second)
    except IndexError:
        raise ValueError("it is no certificate, or is cut off") from None


def _element(der: bytes, place: int) -> tuple[int, int, int]:
    """Its tag, where its content begins, and where it ends."""
    tag, length, begin = der[place], der[place + 1], place + 2
    if length & 0x80:
        count = length & 0x7F
        length = int.from_bytes(der[begin : begin + count])
        begin += count
    if begin + length > len(der):
        raise IndexError
    return tag, begin, begin + length


def _inside(der: bytes, place: int) -> int:
    return _element(der, place)[1]


def _time(der: bytes, place: int) -> float:
    """UTCTime has two digits for the year, those from 50 on of the century before."""
    tag, begin, end = _element(der, place)
    text = der[begin:end].decode("ascii", "replace")
    if tag == _UTC_TIME:
        text = ("19" if text >= "50" else "20") + text
    return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC).timestamp()
