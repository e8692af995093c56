"""The API over a store with something in it, in the test's own process."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI
from werkzeug.test import TestResponse

from vurti.api.access.gate import Gate
from vurti.api.access.tokens import Role, Tokens
from vurti.api.stream.hub import Hub
from vurti.api.stream.hubs import Hubs
from vurti.api.v1 import Served, make_app
from vurti.clock.virtual_clock import VirtualClock
from vurti.events import event
from vurti.model import Row, Statistics, Vds, VdsStatistics, VdsStatus, Vm, VmStatus
from vurti.model.commit import Commit
from vurti.repository import AllReader, Repository, open_all_for_reading, open_repository

HOSTILE = '<script>alert(1)</script>\x1b[31m\x07\n\r\u202e\x9b"&'
NOW = 1_700_000_100.0


class Api:
    """The application, a store that tests fill, and a client."""

    def __init__(self, home: Path, threads: bool = False) -> None:
        self.clock = VirtualClock()
        url = f"sqlite:///{home}/v.db"
        self.repository: Repository = open_repository(url, "system", self.clock.worker())
        self.repository.start()
        self._pool = ThreadPoolExecutor(1) if threads else None
        self.reader: AllReader = self._there(lambda: open_all_for_reading(url))
        self.tokens = Tokens(home / "tokens.json")
        self.gate = Gate(
            self.tokens,
            now=self.clock.now,
            wall=lambda: NOW,
            open_to_readers=True,
            requests_per_sec=1e6,
        )
        self.served = Served(self.ask, lambda: NOW, 40.0)
        self.hubs = Hubs(self.clock, lambda scope: _Log(self, scope))
        self._number = 0

    def ask(self, question: Callable[[AllReader], Any]) -> Any:
        return self._there(lambda: question(self.reader))

    def _there(self, action: Callable[[], Any]) -> Any:
        return action() if self._pool is None else self._pool.submit(action).result()

    @property
    def hub(self) -> Hub:
        return self.hubs.of("system")

    def app(self, **served: Any) -> OpenAPI:
        return make_app(self.served._replace(**served), self.gate, self.hubs)

    def client(self, **served: Any) -> FlaskClient:
        return self.app(**served).test_client()

    @cached_property
    def plain(self) -> OpenAPI:
        """The application as it is for most tests: to make one takes a moment."""
        return self.app()

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.plain.test_client().get(f"/api/v1{path}", **more)

    def token(self, role: Role) -> dict[str, str]:
        """The header that shows a token with that role."""
        return {"Authorization": f"Bearer {self.tokens.create(str(role), role)}"}

    def put(self, *values: Vds | Vm) -> None:
        """They are added, in one commit."""
        self._number += 1
        number = self._number
        rows = [Row(value, 1, 0.0, NOW - 30, "a rule") for value in values]
        told = (
            event(None, one, id=f"{one.id}.{number}", seq=1, host="alpha", reason="seen")
            for one in values
        )
        self.repository.commit(
            Commit(
                number,
                number,
                tuple(row for row in rows if isinstance(row.value, Vds)),
                tuple(row for row in rows if isinstance(row.value, Vm)),
                tuple(one for one in told if one is not None),
            ),
            NOW - 29,
        )

    def close(self) -> None:
        self._there(self.reader.close)
        if self._pool is not None:
            self._pool.shutdown()
        self.repository.close()


class _Log:
    """The log of one scope."""

    def __init__(self, api: Api, scope: str) -> None:
        self._api, self._scope = api, scope

    def read(self, after: int, limit: int) -> Any:
        return self._api.ask(lambda reader: reader.of(self._scope).log(after, limit))

    def bounds(self) -> tuple[int, int]:
        return self._api.ask(lambda reader: reader.of(self._scope).log_bounds())  # type: ignore[no-any-return]


@contextmanager
def filled(home: Path, threads: bool = False) -> Iterator[Api]:
    """With two hosts and five VMs; with `threads` other threads may ask it as well."""
    api = Api(home, threads)
    api.put(
        Vds("alpha", "east", VdsStatus.UP),
        Vds("beta/2", "west", VdsStatus.NON_RESPONSIVE),
        *(Vm(f"vm{n}", f"name{n}", VmStatus.UP, run_on="alpha") for n in range(4)),
        Vm("bad", HOSTILE, VmStatus.PAUSED, run_on="beta/2"),
    )
    api.repository.save_statistics([Statistics("alpha", NOW - 5, VdsStatistics(cpu_percent=41.6))])
    yield api
    api.hubs.close()
    api.close()


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Api]:
    with filled(tmp_path) as api:
        yield api
