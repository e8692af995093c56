"""The files that come with vurti: nothing missing, nothing that is not so."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from msgspec import Struct
from pydantic import BaseModel

from vurti.cli import vurti
from vurti.config import (
    ApiSettings,
    ClusterSettings,
    ListenSettings,
    LogSettings,
    VmNicSettings,
    VmSettings,
    load_config,
)
from vurti.decide import Rules
from vurti.inventory import InventoryDefaults, InventorySettings
from vurti.inventory.settings import InventoryRules
from vurti.model import Cluster, VmFacts, VmNicFacts
from vurti.repository.settings import RepositorySettings
from vurti.sinks import kind_named
from vurti.sources import source_named
from vurti.sources.registry import BUILT_IN
from vurti.streams.catalog import CATALOG
from vurti.streams.chain import read
from vurti.streams.limits import SubscriberSettings
from vurti.streams.poll_settings import PollSettings
from vurti.testing.checks import load

CONFIG = Path(__file__).parents[2] / "config"
ROOMS: dict[str, type[BaseModel]] = {
    "repository": RepositorySettings,
    "poll": PollSettings,
    "subscribers": SubscriberSettings,
    "rules": Rules,
    "log": LogSettings,
    "listen": ListenSettings,
    "api": ApiSettings,
    "inventory": InventoryDefaults,
    **{f"sources.{row.name}": source_named(row.name).options for row in BUILT_IN},
}


def defaults(model: type[BaseModel]) -> dict[str, Any]:
    """What a model says by itself, as TOML could say it; None is a key left out."""
    return model().model_dump(mode="json", exclude_none=True)


@pytest.mark.parametrize("table", ROOMS)
def test_the_full_file_has_every_key_at_its_default(table: str) -> None:
    written = tomllib.loads((CONFIG / "vurti.toml").read_text())
    for name in table.split("."):
        written = written[name]
    assert written == defaults(ROOMS[table])


@pytest.mark.parametrize("table", ROOMS)
def test_a_key_without_a_default_to_show_is_there_as_a_comment(table: str) -> None:
    text = (CONFIG / "vurti.toml").read_text()
    models = [ROOMS[table], *(type(value) for _, value in ROOMS[table]())]
    for model in models:
        if isinstance(model, type) and issubclass(model, BaseModel):
            missing = [
                name for name, value in model() if value is None and f"# {name} =" not in text
            ]
            assert not missing


@pytest.mark.parametrize(("table", "model"), [("vms", VmSettings), ("clusters", ClusterSettings)])
def test_a_table_of_your_own_is_shown_with_every_key_and_its_default(
    table: str, model: type[BaseModel]
) -> None:
    (text,) = re.findall(
        rf"^# \[{table}\..*\]\n((?:# .*\n)+)", (CONFIG / "vurti.toml").read_text(), re.MULTILINE
    )
    shown = tomllib.loads(re.sub("^# ", "", text, flags=re.MULTILINE))
    assert shown.keys() == model.model_fields.keys()
    assert {key: shown[key] for key in defaults(model)} == defaults(model)


def test_an_inventory_is_shown_with_every_key_of_its_own() -> None:
    text = (CONFIG / "vurti.toml").read_text()
    (shown,) = re.findall(r"^# \[inventory\..*\]\n((?:# .*\n)+)", text, re.MULTILINE)
    written = tomllib.loads(re.sub("^# ", "", shown, flags=re.MULTILINE))
    own = InventorySettings.model_fields.keys() - InventoryRules.model_fields.keys()
    assert written.keys() == own
    without = InventorySettings(url="https://cmdb.example/vurti").model_dump(mode="json")
    assert {key: without[key] for key in own - {"token", "ca_path"}} == {
        key: written[key] for key in own - {"token", "ca_path"}
    }


def test_a_sink_of_either_kind_is_shown_with_every_key_and_its_default() -> None:
    text = (CONFIG / "vurti.toml").read_text()
    shown = {
        name: tomllib.loads(re.sub("^# ", "", body, flags=re.MULTILINE))
        for name, body in re.findall(r"^# \[sinks\.(\w+)\]\n((?:# .*\n)+)", text, re.MULTILINE)
    }
    common = {"kind": "kind", "source": "from"}
    file, hook = (kind_named(kind).settings.model_fields for kind in ("ndjson", "webhook"))
    assert shown["audit"].keys() == {common.get(key, key) for key in file}
    own = hook.keys() - (file.keys() - {"batch_max"}) | common.keys()
    assert shown["pager"].keys() == {common.get(key, key) for key in own}
    for fields, written in ((file, shown["audit"]), (hook, shown["pager"])):
        known = {
            key: one.default for key, one in fields.items() if not one.is_required() and one.default
        }
        assert {key: written[key] for key in known if key in written} == {
            key: value for key, value in known.items() if key in written
        }


@pytest.mark.parametrize(
    ("model", "value"),
    [(VmSettings, VmFacts), (VmNicSettings, VmNicFacts), (ClusterSettings, Cluster)],
)
def test_what_can_be_known_of_a_thing_can_be_configured(
    model: type[BaseModel], value: type[Struct]
) -> None:
    assert model.model_fields.keys() == set(value.__struct_fields__) - {"id"}


def test_every_operator_is_shown_with_every_setting_and_its_default() -> None:
    text = (CONFIG / "vurti.toml").read_text()
    for name, entry in CATALOG.items():
        if entry.written:
            continue
        (shown,) = re.findall(rf"#   (\{{ op = \"{name}\",? .*\}}),", text)
        given = tomllib.loads(f"step = {shown}")["step"]
        fields = entry.settings.model_fields
        assert given.keys() == fields.keys()
        for key, field in fields.items():
            if not field.is_required() and field.default not in (None, ""):
                default = list(field.default) if field.default == () else field.default
                assert given[key] == default, (name, key)
        if name != "only":  # with nothing of all that it asks for nothing
            assert read([given])[1] == ()


def test_the_full_file_has_no_table_but_those_of_the_rooms() -> None:
    written = tomllib.loads((CONFIG / "vurti.toml").read_text())
    assert {"include", *(table.partition(".")[0] for table in ROOMS)} == set(written)
    assert set(written["sources"]) == {row.name for row in BUILT_IN}


def test_the_full_file_says_the_same_as_no_file() -> None:
    written, nothing = load_config(CONFIG / "vurti.toml"), load_config()
    assert (written.poll, written.rules, written.sources, written.log) == (
        nothing.poll,
        nothing.rules,
        nothing.sources,
        nothing.log,
    )


EXAMPLES = sorted([*(CONFIG / "examples").glob("*.toml"), *(CONFIG / "museum").glob("*.toml")])


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.name)
def test_every_example_has_tests_of_its_own_streams(file: Path) -> None:
    checked = load(file)
    assert checked.tests
    untested = {one.name for one in checked.config.streams} - {one.stream for one in checked.tests}
    assert untested == set()


def test_every_example_is_told_of() -> None:
    page = (CONFIG.parent / "docs" / "configuration.md").read_text(encoding="utf-8")
    examples = {file.name for file in (CONFIG / "examples").glob("*.toml")}
    assert {name for name in examples if f"(../config/examples/{name})" not in page} == set()


@pytest.mark.parametrize("file", sorted(CONFIG.rglob("*.toml")), ids=lambda file: file.name)
def test_every_file_that_comes_with_vurti_is_good(file: Path) -> None:
    result = CliRunner().invoke(vurti, ["check", str(file)])
    assert (result.exit_code, "good" in result.output) == (0, True), result.output
