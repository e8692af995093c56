"""`vurti serve`: the API of a store."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from vurti.cli.opening import told
from vurti.cli.run import FOR
from vurti.cli.source import Source, asking
from vurti.errors import VurtiError

if TYPE_CHECKING:  # loaded when a command runs, not when the help is shown
    from vurti.api.ages import Ages
    from vurti.cli.remote import Client
    from vurti.config import Config
    from vurti.model import Cancel, Expect
    from vurti.repository import AllReader

ANSWER_SECS = 15.0
"""A vurti whose loop hangs says so itself within 10 s; one that stands still says nothing."""
PARTS = ("pipeline", "inventories", "config", "health")
ANNOUNCED_SECS = 10.0
"""So long one waits at most until a vurti has taken in what is announced."""
KEPT_SECS = 60.0
"""So long it is there for one where we end before we can take it back."""


@click.command()
@asking
@FOR
def serve(source: Source, for_secs: float | None) -> None:
    """Answer [api] of CONFIG from its store, in a process beside the vurti that watches and stores.

    What only that one knows, such as its pipeline, is asked of it at --url.
    """
    from vurti.config import load_config
    from vurti.service.serve import Beside, serve_store

    assert source.config is not None
    with told(), ExitStack() as closing:
        config = load_config(source.config)
        if source.url is not None and urlsplit(source.url).netloc == config.api.address:
            raise VurtiError(f"--url {source.url} is where this one answers: name the other one")
        running = {} if source.url is None else _running(source, source.url, closing)
        serve_store(config, Beside(running, partial(_announce, config)), for_secs)


def _running(source: Source, url: str, closing: ExitStack) -> Mapping[str, Callable[[], Any]]:
    from vurti.cli.remote import Client

    client = Client(url, source.token(), source.ca, ANSWER_SECS)
    closing.callback(client.close)
    plain = {part: partial(client.get, part) for part in PARTS}
    return {**plain, "ages": lambda: _ages(client)}


def _ages(client: "Client") -> "Ages":
    from vurti.api.ages import Age, Ages

    told = client.get("ages", over_secs=0)
    try:
        return Ages(
            told["period_secs"],
            told["target_secs"],
            told["stale_secs"],
            tuple(Age(*(one[name] for name in Age._fields)) for one in told["items"]),
            tuple(told["split_brains"]),
        )
    except (KeyError, TypeError):  # it may be of another version
        raise VurtiError(f"{client.url}: what it tells of ages is not as we know it") from None


def _announce(config: "Config", reader: "AllReader", given: "Expect | Cancel") -> str:
    from vurti.cli.announcing import StoreAnnounce

    announce = StoreAnnounce(config, reader, stays=False)
    return announce(given, keep_secs=KEPT_SECS, wait_secs=ANNOUNCED_SECS).id
