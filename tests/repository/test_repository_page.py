"""The page for those who read the tables with SQL says what is so."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from vurti.model import Row, Vds
from vurti.model.commit import Commit
from vurti.repository import open_for_reading, open_repository
from vurti.repository.schema import MODELS
from vurti.repository.settings import RepositorySettings

PAGE = (Path(__file__).parents[2] / "docs" / "repository.md").read_text()
BLOCKS = {
    kind: re.findall(rf"```{kind}\n(.*?)```", PAGE, re.DOTALL) for kind in ("sql", "toml", "sh")
}


@pytest.mark.parametrize("query", BLOCKS["sql"])
def test_every_query_of_the_page_runs(opened, store, query) -> None:
    opened().start()
    assert store.sql(query) == []


def test_the_page_names_every_table_with_its_columns_in_their_order() -> None:
    rows = re.findall(r"^\| `(\w+)` \|[^|]*\| (.*) \|$", PAGE, re.MULTILINE)
    said = {table: re.findall(r"`(\w+)`", re.sub(r"\([^)]*\)", "", text)) for table, text in rows}
    assert said == {model._meta.table_name: model._meta.sorted_field_names for model in MODELS}


def test_the_settings_of_the_page_are_the_defaults() -> None:
    (block,) = BLOCKS["toml"]
    said = tomllib.loads(block)["repository"]
    assert RepositorySettings(**said) == RepositorySettings()


@pytest.mark.skipif(shutil.which("sqlite3") is None, reason="no sqlite3: apt-get install it")
def test_the_backup_of_the_page_is_a_whole_store_also_while_vurti_writes_and_can_be_restored(
    file_store, path, worker
) -> None:
    backing_up, restoring = BLOCKS["sh"]
    with open_repository(file_store.url, "system", worker) as repository:
        repository.start()
        repository.commit(Commit(1, 1, (Row(Vds("h")),)))
        assert run(backing_up, path).endswith("ok\n")
        repository.commit(Commit(2, 2, (Row(Vds("later")),)))
    assert {vds.id for vds in known(path)} == {"h", "later"}
    assert {vds.id for vds in known(path.parent / "backup.db")} == {"h"}
    run(restoring, path)
    assert {vds.id for vds in known(path)} == {"h"}
    assert {
        oct(path.with_name(name).stat().st_mode & 0o777) for name in ("backup.db", "vurti.db")
    } == {"0o600"}


def run(commands: str, path: Path) -> str:
    """What they print, where the store is and is called as on the page."""
    commands = commands.replace("vurti.db", path.name)
    return subprocess.run(
        commands, shell=True, check=True, cwd=path.parent, capture_output=True, text=True
    ).stdout


def known(path: Path) -> list[Vds]:
    with open_for_reading(f"sqlite:///{path}") as reader:
        return [one.value for one in reader.vdss.list()]
