"""What editors are told of a configuration is what vurti takes."""

import json
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner

from vurti.cli import vurti
from vurti.config.config import TABLES

CONFIG = Path(__file__).parents[2] / "config"
FILES = sorted(CONFIG.rglob("*.toml"))


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    result = CliRunner().invoke(vurti, ["config", "schema"])
    assert result.exit_code == 0
    told: dict[str, Any] = json.loads(result.output)
    return told


@pytest.fixture(scope="module")
def validator(schema: dict[str, Any]) -> Any:
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def flaws(validator: Any, text: str) -> list[str]:
    return [error.message for error in validator.iter_errors(tomllib.loads(text))]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_file_that_comes_with_vurti_is_valid(validator: Any, file: Path) -> None:
    assert flaws(validator, file.read_text(encoding="utf-8")) == []


def test_the_schema_has_every_table(schema: dict[str, Any]) -> None:
    assert schema["properties"].keys() == {*TABLES, "include"}


BAD = {
    "an unknown table": "[pol]",
    "an unknown key": "[poll]\nstatus_sec = 1",
    "a wrong type": "[poll]\nstatus_secs = 'x'",
    "a number out of bounds": "[poll]\nstatus_secs = -1",
    "an unknown choice": "[log]\nlevel = 'INF'",
    "a source that there is not": "[sources.vdms]",
    "a host without url": "[hosts.alpha]",
    "a kind of sink that there is not": "[sinks.x]\nkind = 'webhok'\nfrom = 'vms'",
    "a webhook without url": "[sinks.x]\nkind = 'webhook'\nfrom = 'vms'",
    "a sink without a stream": "[sinks.x]\nkind = 'ndjson'",
    "an unknown operator": "[streams.q]\nfrom = 'vms'\nchain = [{ op = 'setle', secs = 3 }]",
    "an operator without what it needs": "[streams.q]\nfrom = 'vms'\nchain = [{ op = 'settle' }]",
    "an unknown event": "[streams.q]\nfrom = 'vms'\nchain = [{ op = 'only', kinds = ['X'] }]",
    "a test without a stream": "[[test]]\nwhy = 'x'\nout = '-'",
    "an unknown word of a test": "[[test]]\nwhy = 'x'\nstream = 'vms'\nout = '-'\nsec = 3",
    "a status that there is not": "[[test]]\nwhy = 'x'\nstream = 'vms'\nout = '-'\n"
                                  "where.u = { host = 'a', vms = { v = 'Upp' } }",
    "a miss that there is not": "[[test]]\nwhy = 'x'\nstream = 'vms'\nout = '-'\n"
                                "where.u = { host = 'a', missed = 'timout' }",
    "a word that a VM has not": "[[test]]\nwhy = 'x'\nstream = 'vms'\nout = '-'\n"
                                "known.vms.v = { statuss = 'Up' }",
}  # fmt: skip


@pytest.mark.parametrize("what", BAD)
def test_what_vurti_does_not_take_is_not_valid(validator: Any, what: str) -> None:
    assert flaws(validator, BAD[what]) != []


def test_every_key_tells_an_editor_what_it_is_for(schema: dict[str, Any]) -> None:
    tables = [name for name in schema["$defs"] if name.endswith(("Settings", "Options", "Words"))]
    silent = [
        (table, key)
        for table in (*tables, "Rules", "StreamTable", "KnownVm")
        for key, of in schema["$defs"][table]["properties"].items()
        if "description" not in of and key != "op"
    ]
    assert silent == []
