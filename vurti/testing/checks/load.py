"""A file with its configuration and its tests, and everything that is wrong with either."""

from pathlib import Path
from typing import NamedTuple

from vurti.config import Config, config_of, in_order
from vurti.errors import ConfigError
from vurti.settings import read
from vurti.testing.checks.given import Check
from vurti.testing.checks.reading import tests_of


class Checked(NamedTuple):
    """A good configuration, and its tests in the order of the files."""

    config: Config
    tests: list[Check]


def load(path: Path | str) -> Checked:
    """The configuration in this file, its includes, and their tests. Raises ConfigError with all
    that is wrong with them, tests among it."""
    tree, complaints = read(path)
    config = config_of(tree, complaints, path)
    tests = tests_of(tree, config, complaints)
    if complaints or config is None:
        raise ConfigError(in_order(complaints))
    return Checked(config, tests)
