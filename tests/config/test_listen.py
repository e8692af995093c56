"""Where the program answers: what can be said of it, and what must be wanted."""

from pathlib import Path

import pytest

from vurti.config import ListenSettings, load_config
from vurti.config.listen import Place, place
from vurti.errors import ConfigError


@pytest.mark.parametrize(
    ("address", "named"),
    [
        ("127.0.0.1:7177", Place("127.0.0.1", 7177)),
        ("localhost:0", Place("localhost", 0)),
        ("[::1]:7177", Place("::1", 7177)),
        ("unix:/run/vurti/vurti.sock", Place(path="/run/vurti/vurti.sock")),
    ],
)
def test_an_address_is_read_and_written_the_same(address: str, named: Place) -> None:
    assert place(address) == named
    assert str(named) == address
    assert named.local


@pytest.mark.parametrize(
    "address",
    ["7177", ":7177", "localhost", "localhost:http", "::1:7177", "[127.0.0.1]:1", "h:65536",
     "unix:relative", "unix:/directory/", "h:\N{ARABIC-INDIC DIGIT ONE}"],
)  # fmt: skip
def test_what_is_no_address_says_what_to_write(address: str) -> None:
    with pytest.raises(ValueError, match=r'write "127\.0\.0\.1:7177"'):
        place(address)


@pytest.mark.parametrize("address", ["0.0.0.0:7177", "[::]:7177", "10.0.0.1:7177", "me:7177"])
def test_contract_19_an_address_that_others_reach_must_be_wanted(
    address: str, tmp_path: Path
) -> None:
    file = tmp_path / "vurti.toml"
    file.write_text(f'\n[listen]\naddress = "{address}"\n')
    with pytest.raises(ConfigError) as refused:
        load_config(file)
    (complaint,) = refused.value.complaints
    assert (complaint.where, complaint.key) == (f"{file}:3", "listen.address")
    assert "allow_remote = true" in complaint.what
    assert ListenSettings(address=address, allow_remote=True).place is not None


def test_nowhere_is_a_place_too() -> None:
    assert ListenSettings(address="").place is None
