"""What asks a vurti's API waits for an answer as long as it may, and no longer."""

import socket
from collections.abc import Iterator
from threading import Thread

import pytest

from vurti.cli.remote import Client
from vurti.cli.remote.client import READ_SECS
from vurti.errors import VurtiError


@pytest.fixture
def silent() -> Iterator[str]:
    """Where somebody takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


def test_who_stands_still_is_not_waited_for_longer_than_an_answer_may_take(silent: str) -> None:
    client = Client(silent, read_secs=0.05)
    told: list[str] = []

    def ask() -> None:
        try:
            client.get("about")
        except VurtiError as error:
            told.append(str(error))

    asking = Thread(target=ask, daemon=True)
    asking.start()
    asking.join(READ_SECS / 2)
    assert told == [f"{silent}: no answer in time"]
    client.close()
