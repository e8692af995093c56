"""Every test that asks for `store`, `url` or `opened` runs once over each database; in a file where
only one can be meant, `store` is made to be that one."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.repository.stores import FileStore, ServerStore, Store
from vurti.repository import Repository, open_repository


class DirectWorker:
    """Calls where it is called; `before` and `after` are where a test makes the thread fail."""

    def __init__(self) -> None:
        self.before: Callable[[], None] = lambda: None
        self.after: Callable[[], None] = lambda: None

    def run(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        self.before()
        result = function(*args, **kwargs)
        self.after()
        return result

    def close(self) -> None: ...


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The file of a store that is in a file."""
    return tmp_path / "vurti.db"


@pytest.fixture
def file_store(path: Path) -> FileStore:
    return FileStore(path)


@pytest.fixture
def server_store(request: pytest.FixtureRequest) -> ServerStore:
    return ServerStore(request.getfixturevalue("postgres"))


@pytest.fixture(params=["file", pytest.param("server", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest) -> Store:
    found: Store = request.getfixturevalue(f"{request.param}_store")
    return found


@pytest.fixture
def url(store: Store) -> str:
    return store.url


@pytest.fixture
def examples(url: str) -> int:
    """So many for a property: to open a store on a server takes longer."""
    return 60 if url.startswith("sqlite") else 25


@pytest.fixture
def worker() -> DirectWorker:
    return DirectWorker()


@pytest.fixture
def opened(url: str, worker: DirectWorker) -> Iterator[Callable[..., Repository]]:
    """Opens repositories on the test's own store, and closes them behind the test."""
    repositories: list[Repository] = []

    def open_it(scope: str = "system", **settings: Any) -> Repository:
        repositories.append(open_repository(url, scope, worker, **settings))
        return repositories[-1]

    yield open_it
    worker.before = worker.after = lambda: None
    for repository in repositories:
        repository.close()


@pytest.fixture
def no_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)
