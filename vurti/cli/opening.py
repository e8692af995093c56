"""What commands have in common: a configuration, its store, and what they say where one is bad."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

import click

from vurti.errors import ConfigError, VurtiError

if TYPE_CHECKING:  # loaded when a command runs, not when the help is shown
    from vurti.cli.announcing import Announce
    from vurti.cli.source import Source
    from vurti.config import Config
    from vurti.repository import AllReader, Records

CONFIG = click.argument("config", type=click.Path(exists=True, dir_okay=False, path_type=Path))

FOUND_BAD, USED_WRONGLY = 1, 2


@contextmanager
def told(config_status: int = USED_WRONGLY) -> Iterator[None]:
    """Say on stderr what was refused, without a traceback, and exit."""
    try:
        yield
    except ConfigError as error:
        for complaint in error.complaints:
            click.echo(str(complaint), err=True)
        sys.exit(config_status)
    except VurtiError as error:
        click.echo(f"vurti: {error}", err=True)
        sys.exit(FOUND_BAD)


class Opened(NamedTuple):
    """What a command asks: a store, or a vurti that answers over HTTP. Only of a store there is a
    reader of the logs of `all` scopes."""

    reader: "Records"
    stale_secs: float
    cluster_of: Callable[[str], str]
    announce: "Announce"
    all: "AllReader | None" = None


@contextmanager
def opened(source: "Source") -> Iterator[Opened]:
    """What the user has named, for reading; exits where it cannot be read."""
    with told():
        if source.url is not None:
            with _remote(source.url, source) as remote:
                yield remote
        elif source.config is not None:
            with _stored(source.config) as stored:
                yield stored
        else:
            raise click.UsageError("say a CONFIG, or --url of a vurti that answers")


@contextmanager
def in_store(path: Path) -> Iterator[tuple["Config", "AllReader"]]:
    """A configuration and its store, for what only the store tells; exits where it cannot be
    read."""
    from vurti.config import load_config
    from vurti.repository import open_all_for_reading

    with told():
        config = load_config(path)
        with open_all_for_reading(config.repository.url) as reader:
            yield config, reader


@contextmanager
def _stored(path: Path) -> Iterator[Opened]:
    from vurti.cli.announcing import StoreAnnounce
    from vurti.config import load_config
    from vurti.repository import open_all_for_reading

    config = load_config(path)
    clusters = {one.id: one.cluster for one in config.hosts}
    with open_all_for_reading(config.repository.url) as reader:
        announce = StoreAnnounce(config, reader)
        yield Opened(
            reader, config.poll.stale_secs, lambda host: clusters.get(host, ""), announce, reader
        )


@contextmanager
def _remote(url: str, source: "Source") -> Iterator[Opened]:
    from vurti.cli.remote import Client, Clusters, RemoteAnnounce, RemoteReader

    client = Client(url, source.token(), source.ca)
    try:
        stale_secs = client.get("about")["stale_secs"]
        reader = cast("Records", RemoteReader(client))  # as far as the commands use one
        yield Opened(reader, stale_secs, Clusters(client), RemoteAnnounce(client, reader))
    finally:
        client.close()
