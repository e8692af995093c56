"""Keys from the environment, and what is wrong with them."""

from pathlib import Path

import pytest

from vurti.config import load_config
from vurti.errors import ConfigError
from vurti.model import Host
from vurti.settings import read

FILE = """
[poll]
statistics_secs = 30
[hosts.host-1]
url = "sim://one"
[streams.quiet]
from = "vms"
chain = [{ op = "settle", secs = 5 }]
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "vurti.toml"
    file.write_text(FILE, encoding="utf-8")
    return file


def complaints(file: Path) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load_config(file)
    return [str(one) for one in caught.value.complaints]


def test_a_variable_counts_for_more_than_the_file_and_than_the_default(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VURTI_POLL__STATISTICS_SECS", "20")
    monkeypatch.setenv("VURTI_POLL__STATUS_SECS", "1")
    monkeypatch.setenv("VURTI_LOG__LEVEL", "DEBUG")
    monkeypatch.setenv("VURTI_RULES__INTENTS", '["restart_vm"]')
    config = load_config(file)
    assert (config.poll.statistics_secs, config.poll.status_secs) == (20, 1)
    assert (config.log.level, config.rules.intents) == ("DEBUG", ("restart_vm",))


def test_the_names_of_things_are_found_however_they_are_spelled(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VURTI_HOSTS__HOST_1__CLUSTER", "east")
    monkeypatch.setenv("VURTI_HOSTS__BETA__URL", "sim://beta")
    monkeypatch.setenv("VURTI_STREAMS__QUIET__CHAIN__0__SECS", "7")
    config = load_config(file)
    assert config.hosts == (Host("host-1", "sim://one", "east"), Host("beta", "sim://beta"))
    assert config.streams[0].steps[0].model_dump()["secs"] == 7


def test_a_value_is_read_as_toml_has_it_and_else_it_is_a_text(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, text in {"A": "5", "B": "'5'", "C": "true", "D": "plain, no TOML", "E": ""}.items():
        monkeypatch.setenv(f"VURTI_X__{name}", text)
    tree, _ = read(file)
    assert tree.get(("x",)) == {"a": 5, "b": "5", "c": True, "d": "plain, no TOML", "e": ""}


def test_names_without_two_underscores_are_not_ours(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VURTI_REQUIRE", "libvirt")
    monkeypatch.setenv("OTHER__POLL", "3")
    tree, found = read(file)
    assert (tree.overridden, found) == ({}, [])


MISTAKES = {
    "VURTI_POLL__STATUS_SEC": ("1", "poll.status_sec: unknown key (did you mean `status_secs`?)"),
    "VURTI_POL__STATUS_SECS": ("1", "pol: unknown table (did you mean `poll`?)"),
    "VURTI_POLL__STATUS_SECS": ("soon", "poll.status_secs: expected a number, this is a text"),
    "VURTI_POLL__STATISTICS_SECS__X": (
        "1", "poll.statistics_secs.x: there is no such place (it leads into a single value)"),
    "VURTI_STREAMS__QUIET__CHAIN__9": (
        "1", "streams.quiet.chain[9]: there is no such place (it leads into a single value)"),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_contract_17_a_mistake_names_the_variable_and_the_nearest_key(
    name: str, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    value, told = MISTAKES[name]
    monkeypatch.setenv(name, value)
    assert complaints(file) == [f"{name}: {told}"]


def test_a_complaint_about_a_variable_does_not_show_its_value(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VURTI_LOG__LEVEL", "sesame")
    (told,) = complaints(file)
    assert told.startswith("VURTI_LOG__LEVEL: log.level: should be 'TRACE'")
    assert "sesame" not in told


def test_a_mistake_below_a_variable_names_it(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VURTI_STREAMS__QUIET__CHAIN", '[{ op = "setle", secs = 5 }]')
    (told,) = complaints(file)
    assert told.startswith("VURTI_STREAMS__QUIET__CHAIN: streams.quiet.chain[0].op: there is no")
