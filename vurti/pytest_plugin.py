"""pytest collects the tests of configurations: `pytest config/`. docs/testing.md tells how.

Loaded by pytest in every project that has vurti installed, so it imports nothing of it before there
is a file to collect or a fixture is asked for. It patches nothing.
"""

import re
from collections.abc import Callable, Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from vurti.config import Config
    from vurti.testing.checks import Check, Verdict

FILES = "vurti_files"
_TEST = re.compile(rb"^[ \t]*\[\[[ \t]*test[ \t]*\]\][ \t]*(?:#.*)?\r?$", re.MULTILINE)
_STREAM = re.compile(rb"^[ \t]*(?:stream|why)[ \t]*=", re.MULTILINE)


def pytest_addoption(parser: pytest.Parser) -> None:
    """The one setting: which files are collected, where not all are meant."""
    about = "configurations of vurti whose [[test]] tables are run (default: all that have any)"
    parser.addini(FILES, about, type="args", default=[])


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "Configuration | None":
    """A TOML file that has tests of streams; those of other programs have not our words."""
    if file_path.suffix == ".toml" and _is_ours(file_path, parent.config):
        return Configuration.from_parent(parent, path=file_path)
    return None


def _is_ours(file: Path, config: pytest.Config) -> bool:
    wanted = config.getini(FILES)
    if wanted:
        return any(fnmatch(str(file), str(config.rootpath / one)) for one in wanted)
    try:
        text = file.read_bytes()
    except OSError:
        return False
    return _TEST.search(text) is not None and _STREAM.search(text) is not None


class Configuration(pytest.File):
    """A file with its tests, and those of the files that it includes."""

    def collect(self) -> Iterator["StreamTest"]:
        from vurti.errors import ConfigError
        from vurti.testing.checks import load

        try:
            checked = load(self.path)
        except ConfigError as error:
            raise self.CollectError(str(error)) from None
        for check in checked.tests:
            yield StreamTest.from_parent(
                self, name=check.why, check=check, configuration=checked.config
            )


class Failed(Exception):
    """A test that failed, with how it went."""

    def __init__(self, verdict: "Verdict") -> None:
        super().__init__(verdict.difference)
        self.verdict = verdict


class StreamTest(pytest.Item):
    """One `[[test]]`."""

    def __init__(self, *, check: "Check", configuration: "Config", **more: Any) -> None:
        super().__init__(**more)
        self.check, self.configuration = check, configuration

    def runtest(self) -> None:
        from vurti.testing.checks import run

        verdict = run(self.check, self.configuration)
        if not verdict.passed:
            raise Failed(verdict)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Its picture: the lines of this program that found it say nothing to whoever wrote it."""
        from vurti.testing.checks import lines

        if isinstance(excinfo.value, Failed):
            return "\n".join(lines(excinfo.value.verdict))
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[str, int, str]:
        file, _, line = self.check.where.rpartition(":")
        return file, int(line) - 1, self.check.why


@pytest.fixture
def marbles() -> Callable[..., Any]:
    """A test of streams, to be used in a `with`; see vurti.testing.marbles."""
    from vurti.testing import marbles

    return marbles


@pytest.fixture
def world() -> Iterator[Callable[..., Any]]:
    """`world("config/vurti.toml", hosts=4)` runs that configuration against simulated hosts, in
    virtual time; see vurti.testing.fleet. It ends with the test."""
    from contextlib import ExitStack

    from vurti.testing.fleet import Fleet

    with ExitStack() as stack:
        yield lambda *args, **more: stack.enter_context(Fleet(*args, **more))


@pytest.fixture
def scenario() -> Callable[..., None]:
    """`scenario("rules/mine.yaml")`, or one as a dict, must hold; see vurti.testing.scenarios."""
    from vurti.testing.scenarios.holding import must_hold

    return must_hold
