"""Files that others may read, and certificates that no longer hold."""

import time
from pathlib import Path

import pytest
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

from tests.doctor.conftest import Pki, SetUp, bad, notes
from vurti.doctor import Finding, Verdict
from vurti.doctor.certificates import look_at_certificates
from vurti.doctor.files import look_at_files
from vurti.doctor.validity import certificates_of, validity


def files(setup: SetUp) -> list[Finding]:
    return list(look_at_files(setup.config))


def certificates(setup: SetUp, ca: Path, cert: Path, key: Path) -> list[Finding]:
    setup.write(
        '[hosts.alpha]\nurl = "vdsm://alpha"\n[sources.vdsm]\n'
        f'ca_path = "{ca}"\ncert_path = "{cert}"\nkey_path = "{key}"'
    )
    return list(look_at_certificates(setup.config, time.time()))


@pytest.mark.parametrize(
    ("mode", "verdict"), [(0o600, Verdict.OK), (0o640, Verdict.NOTE), (0o644, Verdict.BAD)]
)
def test_a_file_that_is_named_as_a_secret_is_for_its_owner(
    setup: SetUp, mode: int, verdict: Verdict
) -> None:
    token = setup.home / "token"
    token.write_text("s3cret-token")
    token.chmod(mode)
    setup.write('[sources.json]\ntoken = "${file:token}"', mode=0o644)
    (found,) = files(setup)
    assert (found.verdict, found.subject) == (verdict, str(token))
    assert "s3cret-token" not in str(found)
    assert (found.way_out == f"chmod o= {token}") is (verdict is Verdict.BAD)


def test_a_configuration_that_holds_a_secret_itself_is_for_its_owner(setup: SetUp) -> None:
    setup.write('[sources.json]\ntoken = "s3cret-token"', mode=0o644)
    (found,) = bad(files(setup))
    assert found.subject == str(setup.file)
    assert "s3cret-token" not in str(found)


def test_a_private_key_is_for_its_owner(setup: SetUp, pki: Pki) -> None:
    cert, key = pki.write("client", days=300)
    key.chmod(0o604)
    certificates(setup, pki.authority("ca", days=300), cert, key)
    (found,) = bad(files(setup))
    assert (found.subject, found.way_out) == (str(key), f"chmod o= {key}")


def test_a_configuration_that_everybody_can_write_is_bad_whatever_is_in_it(setup: SetUp) -> None:
    setup.write("", mode=0o666)
    (found,) = bad(files(setup))
    assert found.way_out == f"chmod o-w {setup.file}"


def test_certificates_that_hold_are_well(setup: SetUp, pki: Pki) -> None:
    cert, key = pki.write("client", days=300)
    found = certificates(setup, pki.authority("ca", days=300), cert, key)
    assert [one.verdict for one in found] == [Verdict.OK] * 3


@pytest.mark.parametrize(
    ("days", "verdict"), [(-1, Verdict.BAD), (3, Verdict.BAD), (20, Verdict.NOTE)]
)
def test_a_certificate_that_expires_is_told_in_time(
    setup: SetUp, pki: Pki, days: float, verdict: Verdict
) -> None:
    cert, key = pki.write("client", days=days, begun_days_ago=10)
    found = certificates(setup, pki.authority("ca", days=300), cert, key)
    (told,) = [one for one in found if one.verdict is not Verdict.OK]
    assert told.verdict is verdict
    assert told.way_out == "have our certificate renewed"
    day = time.strftime("%Y-%m-%d", time.gmtime(time.time() + days * 86_400))
    assert day in told.what


def test_an_authority_that_has_expired_is_bad(setup: SetUp, pki: Pki) -> None:
    cert, key = pki.write("client", days=300)
    found = certificates(setup, pki.authority("ca", days=-1, begun_days_ago=10), cert, key)
    assert [one.way_out for one in bad(found)] == ["have the authority's certificate renewed"]


def test_a_certificate_of_tomorrow_asks_whether_the_clock_is_right(setup: SetUp, pki: Pki) -> None:
    cert, key = pki.write("client", days=300, begun_days_ago=-1)
    found = certificates(setup, pki.authority("ca", days=300), cert, key)
    assert [one.way_out for one in bad(found)] == ["is this machine's clock right?"]


def test_a_key_of_another_certificate_is_bad(setup: SetUp, pki: Pki) -> None:
    cert, _ = pki.write("client", days=300)
    _, other = pki.write("other", days=300)
    (found,) = bad(certificates(setup, pki.authority("ca", days=300), cert, other))
    assert "does not fit" in found.what


@pytest.mark.parametrize("content", [None, b"", b"garbage", b"\xff\x00", "cut"])
def test_what_is_no_certificate_is_named_with_its_file(
    setup: SetUp, pki: Pki, content: bytes | str | None
) -> None:
    cert, key = pki.write("client", days=300)
    if content is None:
        cert.unlink()
    elif content == "cut":
        lines = cert.read_text().splitlines()
        cert.write_text("\n".join([*lines[:2], lines[-1]]))
    else:
        cert.write_bytes(bytes(content, "ascii") if isinstance(content, str) else content)
    found = bad(certificates(setup, pki.authority("ca", days=300), cert, key))
    assert len(found) == 1
    assert str(cert) in found[0].what
    assert notes(found) == []


def test_without_tls_no_certificate_is_looked_at(setup: SetUp) -> None:
    setup.write('[hosts.alpha]\nurl = "vdsm+tcp://alpha"')
    assert list(look_at_certificates(setup.config, time.time())) == []


@pytest.mark.parametrize("days", [0.5, 300, 365 * 60])
def test_the_two_dates_are_those_that_a_library_for_certificates_reads(
    pki: Pki, days: float
) -> None:
    """From 2050 on a date is written otherwise."""
    cert, _ = pki.write("client", days=days)
    (der,) = certificates_of(cert)
    read = x509.load_der_x509_certificate(der)
    told = (read.not_valid_before_utc.timestamp(), read.not_valid_after_utc.timestamp())
    assert validity(der) == told


@given(st.binary(max_size=400))
def test_bytes_that_are_no_certificate_are_a_value_error(der: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        validity(der)


def test_the_apis_own_certificate_key_and_tokens_are_looked_at_too(setup: SetUp, pki: Pki) -> None:
    cert, key = pki.write("api", days=3, begun_days_ago=10)
    key.chmod(0o644)
    tokens = setup.home / "tokens.json"
    tokens.write_text("[]")
    tokens.chmod(0o644)
    setup.write(f'[api]\naddress = "127.0.0.1:0"\ncertificate_path = "{cert}"\nkey_path = "{key}"')
    (expiring,) = bad(list(look_at_certificates(setup.config, time.time())))
    assert expiring.subject == f"[api] certificate {cert}"
    assert {one.subject for one in bad(files(setup))} == {str(key), str(tokens)}
