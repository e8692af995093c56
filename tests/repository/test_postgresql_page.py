"""The page about PostgreSQL says what is so."""

import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from tests.postgres.server import Server
from vurti.model import Row, Vds
from vurti.model.commit import Commit
from vurti.repository import open_for_announcing, open_for_reading, open_repository
from vurti.repository.settings import RepositorySettings

PAGE = (Path(__file__).parents[2] / "docs" / "postgresql.md").read_text()
BLOCKS = {
    kind: re.findall(rf"```{kind}\n(.*?)```", PAGE, re.DOTALL) for kind in ("text", "toml", "sh")
}


def test_the_url_of_the_page_is_one() -> None:
    (block,) = BLOCKS["toml"]
    settings = RepositorySettings(**tomllib.loads(block)["repository"])
    assert settings.place == "postgresql://vurti@db.example/vurti"


@pytest.fixture
def made(postgres: Server) -> Server:
    """A server on which the page's statements have made what they say."""
    pytest.importorskip("psycopg")
    postgres.drop("vurti")
    for role in ("looker", "keeper"):
        postgres.sql(f"drop role if exists {role}")
    making, looking = (block.replace("'…'", "'x'").split(";") for block in BLOCKS["text"])
    # The role vurti is there: it made the server.
    postgres.sql("create role keeper login")
    postgres.sql(making[1].replace("owner vurti", "owner keeper"))
    for statement in looking[:-1]:
        postgres.sql(statement.replace("role vurti", "role keeper"), "vurti")
    return postgres


@pytest.mark.postgres
def test_an_owner_who_is_no_superuser_has_all_that_vurti_needs_and_lookers_can_look(
    made: Server, worker
) -> None:
    with open_repository(made.url("vurti", "keeper"), "system", worker) as repository:
        repository.start()
        repository.commit(Commit(1, 1, (Row(Vds("h")),)))
        assert repository.prune() == 0
        with open_for_reading(made.url("vurti", "looker")) as reader:
            assert [one.value.id for one in reader.vdss.list()] == ["h"]
            assert reader.explanations.list() == []
        with open_for_announcing(made.url("vurti", "keeper")):
            pass


@pytest.mark.postgres
def test_the_backup_of_the_page_is_a_whole_store_also_while_vurti_writes(
    made: Server, worker, tmp_path: Path
) -> None:
    url, restored = made.url("vurti", "keeper"), made.create()
    _, dump, restore = BLOCKS["sh"]
    with open_repository(url, "system", worker) as repository:
        repository.start()
        repository.commit(Commit(1, 1, (Row(Vds("h")),)))
        run(made, dump.replace("postgresql://vurti@db.example/vurti", url), tmp_path)
        repository.commit(Commit(2, 2, (Row(Vds("later")),)))
    run(made, restore.replace("postgresql://vurti@db.example/restored", restored), tmp_path)
    with open_repository(restored, "system", worker) as again:
        loaded = again.start()
        assert [row.value.id for row in loaded.vdss] == ["h"]
        assert loaded.epoch == 2


def run(server: Server, command: str, place: Path) -> None:
    path = f"{server.programs}:{os.environ['PATH']}"
    subprocess.run(command, shell=True, check=True, cwd=place, env={**os.environ, "PATH": path})
