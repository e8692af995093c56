"""Files with tests in them, and how they went."""

from pathlib import Path

import pytest

from vurti.errors import ConfigError
from vurti.testing.checks import Verdict, load, run_all

HOSTS = """
[hosts.alpha]
url = "vdsm://alpha.example"
cluster = "east"
[hosts.beta]
url = "vdsm://beta.example"
cluster = "east"
[hosts.gamma]
url = "qemu+tcp://gamma.example/system"
"""
QUIET = """
[streams.quiet]
from = "vms"
chain = [{ op = "settle", secs = 5, secs_max = 30 }]
"""


def written(directory: Path, text: str, name: str = "vurti.toml") -> Path:
    file = directory / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def verdicts(directory: Path, text: str) -> list[Verdict]:
    """How the tests in this text went."""
    checked = load(written(directory, text))
    return run_all(checked.tests, checked.config)


def verdict(directory: Path, test: str, more: str = "") -> Verdict:
    """How this one test went, over some hosts and streams."""
    (one,) = verdicts(directory, f"{HOSTS}{QUIET}{more}\n[[test]]\nwhy = 'so it is'\n{test}")
    return one


def complaints(file: Path) -> list[str]:
    """What is said of the file, without the name of its folder."""
    with pytest.raises(ConfigError) as caught:
        load(file)
    return [str(one).replace(f"{file.parent}/", "") for one in caught.value.complaints]
