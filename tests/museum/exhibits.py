"""The exhibits: the tests of config/museum, by the threads that they are named by."""

from functools import cache
from pathlib import Path

from vurti.testing.checks import Check, Checked, load

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "config" / "museum").glob("*.toml"))


@cache
def rooms() -> dict[str, Checked]:
    """Each file of the museum by the name of its family."""
    return {file.stem: load(file) for file in FILES}


def thread(check: Check) -> str:
    """What the exhibit is named by: the words before the first colon."""
    return check.why.partition(": ")[0]


def story(check: Check) -> str:
    """What it says."""
    return check.why.partition(": ")[2]


def exhibits() -> dict[str, Check]:
    """Each by its thread."""
    return {thread(one): one for room in rooms().values() for one in room.tests}
