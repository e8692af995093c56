"""Inventories as the configuration has them, and its own files as one."""

from pathlib import Path

import pytest

from vurti.config import load_config
from vurti.errors import ConfigError
from vurti.inventory import Failed, Listed, Unchanged


def load(home: Path, text: str):  # type: ignore[no-untyped-def] # what it loads is the test's
    file = home / "vurti.toml"
    file.write_text(text, encoding="utf-8")
    return load_config(file)


def test_what_an_inventory_leaves_out_is_as_it_is_for_all(tmp_path: Path) -> None:
    config = load(
        tmp_path,
        "[inventory]\nrefresh_secs = 30\ntimeout_secs = 7\n"
        '[inventory.b]\ncommand = ["list"]\nrefresh_secs = 5\n'
        '[inventory.a]\nurl = "https://cmdb.example/"\n',
    )
    (b, first), (a, second) = config.inventory.named
    assert (b, first.refresh_secs, first.timeout_secs) == ("b", 5, 7)
    assert (a, second.refresh_secs, second.timeout_secs) == ("a", 30, 7)
    assert first.directory == tmp_path
    assert config.inventory.defaults.refresh_secs == 30


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("inventory = 3", 1, "inventory: expected a table"),
        ("[inventory]\nrefresh_sec = 3", 2, "did you mean `refresh_secs`?"),
        ("[inventory]\nrefresh_secs = 0\n[inventory.a]\ncommand = ['x']", 2, "greater than"),
        ("[inventory.a]", 1, "an inventory has either command or url"),
        ("[inventory.a]\ncommand = ['x']\nurl = 'https://x'", 2, "either command or url"),
        ("[inventory.a]\nurl = 'ftp://x'", 2, "https://HOST/"),
        ("[inventory.a]\ncommand = 'list'", 2, "expected a list, this is a text"),
        ("[inventory.a]\ncommand = ['x']\nformat = 'ansibel'", 3, "did you mean `ansible`?"),
        ("[inventory.a]\ncommand = ['x']\nhost_url = '{a.b}'", 3, "write {NAME} or {NAME|TEXT}"),
        ("[inventory.a]\ncommand = ['x']\nenvironment = {'a-b' = 'c'}", 3, "no name of a variable"),
        ("[inventory.a]\ncomand = ['x']", 2, "did you mean `command`?"),
    ],
)
def test_contract_17_what_is_wrong_with_an_inventory_is_told_with_its_line(
    tmp_path: Path, text: str, line: int, words: str
) -> None:
    with pytest.raises(ConfigError) as told:
        load(tmp_path, text)
    assert [one.where for one in told.value.complaints if words in str(one)] == [
        f"{tmp_path / 'vurti.toml'}:{line}"
    ]


def test_contract_19_a_token_and_an_environment_are_not_shown(tmp_path: Path) -> None:
    text = "[inventory.a]\nurl = 'https://x'\ntoken = 's3cret'\nenvironment = {A = 's3cret'}"
    assert "s3cret" not in repr(load(tmp_path, text).inventory)


def test_files_that_have_changed_or_come_are_read_again(tmp_path: Path) -> None:
    (tmp_path / "hosts.d").mkdir()
    config = load(tmp_path, "include = ['hosts.d/*.toml']\n[hosts.a]\nurl = 'sim://a'\n")
    files = config.reread()
    assert files.ask() == Unchanged()
    (tmp_path / "hosts.d/b.toml").write_text("[hosts.b]\nurl = 'sim://b'\n[vms.v]\nha = true\n")
    told = files.ask()
    assert isinstance(told, Listed)
    assert [host.id for host in told.hosts] == ["a", "b"]
    assert [vm.id for vm in told.vms] == ["v"]
    assert files.ask() == Unchanged()
    (tmp_path / "hosts.d/b.toml").unlink()
    told = files.ask()
    assert isinstance(told, Listed)
    assert [host.id for host in told.hosts] == ["a"]


def test_contract_17_a_mistake_in_a_file_that_is_read_again_fails_as_a_whole(
    tmp_path: Path,
) -> None:
    files = load(tmp_path, "[hosts.a]\nurl = 'sim://a'\n").reread()
    (tmp_path / "vurti.toml").write_text("[hosts.a]\nurl = 'sim://a'\n[hosts.b]\nurl = 'smi://b'\n")
    told = files.ask()
    assert isinstance(told, Failed)
    assert "vurti.toml:4: hosts.b.url: there is no source 'smi'" in told.reason
    assert isinstance(files.ask(), Failed)
