"""Scenarios for tests of the runner, as text."""

from pathlib import Path
from typing import Any

import yaml

from vurti.testing.scenarios import Loaded, Result, load, run


def written(path: Path, *scenarios: dict[str, Any]) -> Path:
    """A file with these; what a scenario does not say is something harmless."""
    harmless = {"title": "t", "steps": [{}], "then": {}}
    told = [{"id": f"S-{n}", **harmless, **one} for n, one in enumerate(scenarios)]
    if any("each" in one for one in scenarios):
        for one in told:
            if "each" in one:
                del one["then"]
    path.write_text(yaml.safe_dump({"format": 2, "scenarios": told}), encoding="utf-8")
    return path


def loaded(tmp_path: Path, **scenario: Any) -> Loaded:
    found, complaints = load([written(tmp_path / "some.yaml", scenario)])
    assert complaints == []
    return found[0]


def ran(tmp_path: Path, **scenario: Any) -> Result:
    one = loaded(tmp_path, **scenario)
    assert one.scenario is not None, [str(complaint) for complaint in one.complaints]
    return run(one)


def told(result: Result) -> list[tuple[str, str, str]]:
    """What differs: what, expected, got."""
    return [(one.what, one.expected, one.got) for one in result.differences]
