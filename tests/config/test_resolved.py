"""`vurti config show`: what a configuration comes to, and where each value is from."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from vurti.cli import vurti

FILE = """
include = ["more.toml"]
[repository]
url = "sqlite:///v.db"
[poll]
status_secs = 3
[sources.json]
token = "${env:AGENT_TOKEN}"
[inventory.cmdb]
url = "https://me:sesame@cmdb.example/hosts"
token = "sesame"
[sinks.pager]
kind = "webhook"
from = "quiet"
url = "https://hooks.example/sesame"
secret = "sesame and more of it, as it should be"
headers = { Authorization = "sesame" }
[streams.quiet]
from = "vms"
chain = [{ op = "settle", secs = 5 }]
"""
MORE = """
[hosts.alpha]
url = "json+https://alpha.example/"
cluster = "${env:AGENT_TOKEN}"
[vms.db]
ha = true
[clusters.east]
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("AGENT_TOKEN", "sesame")
    (tmp_path / "more.toml").write_text(MORE, encoding="utf-8")
    file = tmp_path / "vurti.toml"
    file.write_text(FILE, encoding="utf-8")
    return file


def shown(file: Path, *words: str) -> str:
    result = CliRunner().invoke(vurti, ["config", "show", str(file), *words])
    assert result.exit_code == 0, result.output
    return result.output.replace(f"{file.parent}/", "")


def origins(file: Path) -> dict[str, tuple[object, str]]:
    told = [json.loads(line) for line in shown(file, "--json").splitlines()]
    return {one["key"]: (one["value"], one["origin"]) for one in told}


def test_each_value_has_its_origin(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VURTI_POLL__TIMEOUT_SECS", "4")
    told = origins(file)
    assert told["poll.status_secs"] == (3.0, "vurti.toml:6")
    assert told["poll.timeout_secs"] == (4.0, "VURTI_POLL__TIMEOUT_SECS")
    assert told["poll.statistics_secs"] == (15.0, "default")
    assert told["hosts.alpha.spm"] == (False, "default")
    assert told["vms.db.ha"] == (True, "more.toml:6")
    assert told["clusters.east.kvm"] == (True, "default")
    assert told["inventory.refresh_secs"] == (60.0, "default")
    assert told["inventory.cmdb.format"] == ("vurti", "default")
    assert told["streams.quiet.from"] == ("vms", "vurti.toml:19")
    assert told["streams.quiet.chain[0].secs"] == (5.0, "vurti.toml:20")


def test_contract_19_secrets_are_shown_nowhere(file: Path) -> None:
    told = origins(file)
    assert "sesame" not in shown(file) + shown(file, "--json")
    assert told["sources.json.token"] == ("***", "vurti.toml:8")
    assert told["inventory.cmdb.token"] == ("***", "vurti.toml:11")
    assert told["inventory.cmdb.url"] == ("https://me:***@cmdb.example/hosts", "vurti.toml:10")
    assert told["hosts.alpha.cluster"] == ("***", "more.toml:4")
    assert told["sinks.pager.from"] == ("quiet", "vurti.toml:14")
    assert told["sinks.pager.url"] == ("***", "vurti.toml:15")
    assert told["sinks.pager.secret"] == ("***", "vurti.toml:16")
    assert told["sinks.pager.headers"] == ({"Authorization": "***"}, "vurti.toml:17")


def test_it_is_shown_as_a_file_says_it(file: Path) -> None:
    lines = shown(file).splitlines()
    assert lines[0] == "[repository]"
    assert "status_secs = 3.0                            # vurti.toml:6" in lines
    assert "[hosts.alpha]" in lines
    assert "[streams.quiet]" in lines


def test_a_bad_file_is_told_and_used_wrongly(tmp_path: Path) -> None:
    file = tmp_path / "vurti.toml"
    file.write_text("[pol]", encoding="utf-8")
    result = CliRunner().invoke(vurti, ["config", "show", str(file)])
    assert (result.exit_code, "did you mean `poll`?" in result.output) == (2, True)
