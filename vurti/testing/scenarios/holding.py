"""Scenarios as assertions."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vurti.errors import Complaint
from vurti.settings import Tree, bind
from vurti.testing.scenarios.load import load
from vurti.testing.scenarios.report import lines
from vurti.testing.scenarios.run import Result, Verdict, run, run_scenario
from vurti.testing.scenarios.words import Scenario


def must_hold(given: Path | str | Mapping[str, Any]) -> None:
    """All scenarios of a file, or one as a dict in the words of docs/scenarios.md, must hold.

    Raises AssertionError with what was expected and what came, and with what is wrong with a file.
    """
    results = [run_scenario(_one(given))] if isinstance(given, Mapping) else _of_file(given)
    failed = ["\n".join(lines(one)) for one in results if one.verdict is Verdict.FAIL]
    if failed:
        raise AssertionError("\n" + "\n".join(failed))


def _one(given: Mapping[str, Any]) -> Scenario:
    words = {"id": "here", "title": "here", "rule": "", **given}
    complaints: list[Complaint] = []
    scenario = bind(Scenario, Tree(Path("the scenario"), words), (), complaints)
    if scenario is None:
        raise AssertionError("\n".join(map(str, complaints)))
    return scenario


def _of_file(file: Path | str) -> list[Result]:
    loaded, complaints = load([file])
    if complaints:
        raise AssertionError("\n".join(map(str, complaints)))
    if not loaded:
        raise AssertionError(f"{file} has no scenario")
    return [run(one) for one in loaded]
