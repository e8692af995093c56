"""For all tests."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.needs import need

if TYPE_CHECKING:
    from tests.postgres.server import Server

# Before anything imports them: what fails in a kit is shown like what fails in a test.
pytest.register_assert_rewrite(
    "vurti.testing.sources", "vurti.testing.bench", "vurti.testing.sinks"
)


ONE_AFTER_THE_OTHER = {"libvirt": "hypervisors", "fleet": "fleets", "chromium": "browsers"}
"""Markers whose tests take a whole machine's part for themselves, and what they share."""

FLEETS = ("tests/crash/", "tests/outage/", "tests/quiet/")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where several processes share the tests, those of a group are all in one of them."""
    for item in items:
        groups = [group for mark, group in ONE_AFTER_THE_OTHER.items() if mark in item.keywords]
        if item.nodeid.startswith(FLEETS):
            groups.append("fleets")
        if groups:
            item.add_marker(pytest.mark.xdist_group(groups[0]))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator["Server"]:
    """One PostgreSQL server for all tests."""
    from tests.postgres import server

    need("postgres", server.missing(), server.HOW)
    with server.Server() as made:
        yield made


@pytest.fixture
def postgres(postgres_server: "Server") -> Iterator["Server"]:
    """The same, running before and after the test, whatever that does to it. Each test makes a
    database of its own; one that uses it is marked `postgres`."""
    yield postgres_server
    postgres_server.revive()
