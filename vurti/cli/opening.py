"""What commands have in common: a configuration, its store, and what they say where one is bad."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vurti.errors import ConfigError, VurtiError

if TYPE_CHECKING:  # loaded when a command runs, not when the help is shown
    from vurti.config import Config
    from vurti.repository import Reader

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


@contextmanager
def opened(path: Path) -> Iterator[tuple["Config", "Reader"]]:
    """The configuration, and its store for reading."""
    from vurti.config import load_config
    from vurti.repository import open_for_reading

    with told():
        config = load_config(path)
        with open_for_reading(config.repository.url, config.repository.scope) as reader:
            yield config, reader
