import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

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
    return tmp_path / "vurti.db"


@pytest.fixture
def url(path: Path) -> str:
    return f"sqlite:///{path}"


@pytest.fixture
def worker() -> DirectWorker:
    return DirectWorker()


@pytest.fixture
def opened(url: str, worker: DirectWorker) -> Iterator[Callable[..., Repository]]:
    """Opens repositories on the test's own file, and closes them behind the test."""
    repositories: list[Repository] = []

    def open_it(**settings: Any) -> Repository:
        repositories.append(open_repository(url, "system", worker, **settings))
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
