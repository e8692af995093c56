"""Tests that need gevent's patching, run in a process of their own that is patched from its start.

A file `patched_*.py` has tests like any other. Beside it stands a `test_*.py` that calls `facts`:
each test of the patched file then is one of pytest's own, and fails with what it said there.
"""

import ast
import re
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.programs import run

WITHIN_SECS = 300


def facts(file: Path) -> Callable[[Callable[[str], None]], Callable[[str], None]]:
    """Parametrizes a test by the names of the tests in the patched file; each is to call `hold`."""
    return pytest.mark.parametrize("fact", names(file))


def hold(file: Path, fact: str) -> None:
    """Pass where that test of the patched file has run, and passed with all its parameters."""
    results, printed = _results(file)
    mine = {name: failure for name, failure in results.items() if name.partition("[")[0] == fact}
    assert mine, f"{fact} did not run:\n{printed}"
    failed = [f"{name}\n{failure}" for name, failure in mine.items() if failure]
    assert not failed, "\n".join(failed)


def names(file: Path) -> list[str]:
    """The tests in a file, also those of its classes and those that they have from the kit."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    found = [
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]
    if re.search(r"class Test\w+\(SourceConformance\)", file.read_text(encoding="utf-8")):
        from vurti.testing.sources import SourceConformance

        found += [name for name in dir(SourceConformance) if name.startswith("test_")]
    return found


@cache
def _results(file: Path) -> tuple[dict[str, str], str]:
    """What became of each test: the text of its failure, empty where it passed."""
    with tempfile.TemporaryDirectory() as directory:
        report = Path(directory) / "report.xml"
        ran = run(_PROGRAM, str(file), f"--junitxml={report}", secs=WITHIN_SECS)
        printed = ran.stdout + ran.stderr
        assert report.exists(), printed
        cases = ET.parse(report).getroot().iter("testcase")
        return {case.attrib["name"]: _failure(case) for case in cases}, printed


_PROGRAM = """
from gevent import monkey
monkey.patch_all()
import sys, pytest
words = ["-q", "-p", "no:cacheprovider", "-o", "python_files=patched_*.py"]
sys.exit(pytest.main([*words, *sys.argv[1:]]))
"""


def _failure(case: ET.Element) -> str:
    return "\n".join(child.text or str(child.attrib) for child in case if child.tag != "system-out")
