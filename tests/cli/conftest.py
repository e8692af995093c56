"""A store with something in it, and the command line to ask for it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from vurti.cli import vurti
from vurti.clock.virtual_clock import VirtualClock
from vurti.events import Event
from vurti.model import Row
from vurti.model.commit import Commit
from vurti.repository import Repository, open_repository

CONFIG = """
[repository]
url = "sqlite:///v.db"
[hosts.alpha]
url = "sim://alpha"
cluster = "east"
[hosts.beta]
url = "sim://beta"
cluster = "west"
"""
Ask = Callable[..., Result]


class Store:
    """A repository that tests fill."""

    def __init__(self, repository: Repository) -> None:
        self.repository = repository
        self._number = 0

    def commit(
        self, *events: Event | None, vdss: tuple[Row, ...] = (), vms: tuple[Row, ...] = ()
    ) -> None:
        """One commit of these events and rows."""
        self._number += 1
        told = tuple(event for event in events if event is not None)
        self.repository.commit(Commit(self._number, self._number, vdss, vms, told))


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "vurti.toml"
    file.write_text(CONFIG)
    return file


@pytest.fixture
def store(config: Path) -> Iterator[Store]:
    worker = VirtualClock().worker()
    repository = open_repository(f"sqlite:///{config.parent}/v.db", "system", worker)
    repository.start()
    yield Store(repository)
    repository.close()


@pytest.fixture
def ask(config: Path) -> Ask:
    def asked(command: str, *words: str) -> Result:
        return CliRunner().invoke(vurti, [command, str(config), *words], catch_exceptions=False)

    return asked
