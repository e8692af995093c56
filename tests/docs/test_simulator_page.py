"""The page on the simulator names all that can be asked of it."""

import re
from pathlib import Path

from vurti.simulator import FaultKind
from vurti.simulator.control import _ROUTES
from vurti.world.story import StoryKind

PAGE = (Path(__file__).parents[2] / "docs" / "simulator.md").read_text(encoding="utf-8")


def test_every_fault_has_its_row_and_no_other_is_promised() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)
    assert sorted(rows) == sorted(FaultKind)


def test_every_request_of_the_control_port_has_its_row_and_no_other_is_promised() -> None:
    rows = re.findall(r"^\| `(GET|POST) (/\w+)` \|", PAGE, re.MULTILINE)
    assert set(rows) == set(_ROUTES)


def test_every_story_is_named() -> None:
    told = re.search(r"Stories of VMs:(.*?)`secs`", PAGE, re.DOTALL)
    assert told is not None
    assert set(re.findall(r"[a-z]\w+_?\w*", told[1])) >= set(StoryKind)
