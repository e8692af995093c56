"""docs/scenarios.md: its example runs as it says, and it has every word of the format."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel

from vurti.model import Miss, Suspected
from vurti.testing.scenarios.applicable import SETTINGS
from vurti.testing.scenarios.words import Scenario, SettingWords
from vurti.testing.scenarios.words.steps import CapsWord, StatsWord
from vurti.testing.scenarios.words.then import ACTS, OF_VMS, QUESTIONS

PAGE = (Path(__file__).parents[2] / "docs" / "scenarios.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
YAML, TEXT = (
    [body for kind, body in BLOCK.findall(PAGE) if kind == one] for one in ("yaml", "text")
)


def told(file: Path) -> str:
    words = [sys.executable, "-m", "vurti.testing.scenarios", file.name]
    return subprocess.run(
        words, cwd=file.parent, capture_output=True, text=True, check=False
    ).stdout


def test_the_example_passes_as_the_page_says(tmp_path: Path) -> None:
    (example,) = YAML
    file = tmp_path / "mine.yaml"
    file.write_text(example, encoding="utf-8")
    assert told(file) == TEXT[0]


def test_the_example_fails_as_the_page_says(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    wrong = YAML[0].replace("[destroy v1 on A, restart v1]", "[destroy v1 on A]")
    file.write_text(wrong, encoding="utf-8")
    assert told(file) == TEXT[1]


def models(kind: Any) -> Iterator[type[BaseModel]]:
    """The model and all models within it."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind
        for field in kind.model_fields.values():
            yield from models(field.annotation)
    for inner in get_args(kind):
        yield from models(inner)


def test_every_word_of_the_format_stands_on_the_page() -> None:
    words = {
        info.alias or name
        for model in models(Scenario)
        for name, info in model.model_fields.items()
    }
    assert len(words) > 150
    words |= {*get_args(StatsWord), *get_args(CapsWord), *ACTS, *QUESTIONS, *OF_VMS, "destroy"}
    words |= {*(one.value for one in Miss), *(one.value for one in Suspected)}
    words |= {"unchanged", "unknown_to_us", "host_conn", "cadence"}
    written = set(re.findall(r"[A-Za-z_0-9]+", " ".join(re.findall(r"`([^`\n]+)`", PAGE))))
    assert words - written == set()


def test_each_option_that_vurti_has_not_is_on_the_page_as_such() -> None:
    section = PAGE[PAGE.index("Others are known and") : PAGE.index("## Steps")]
    missing = {
        str(SettingWords.model_fields[name].alias)
        for name in SETTINGS
        if f"`{SettingWords.model_fields[name].alias}`" not in section
    }
    assert missing == set()
