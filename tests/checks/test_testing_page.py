"""docs/testing.md says what is so: its picture, and every value in its tables."""

import re
from pathlib import Path

import pytest

from tests.checks.checking import HOSTS, verdicts, written
from vurti.testing.checks import lines, load
from vurti.testing.checks.values import KINDS

PAGE = (Path(__file__).parents[2] / "docs" / "testing.md").read_text(encoding="utf-8")
SECTION = PAGE[PAGE.index("## In the configuration") : PAGE.index("## In Python")]
VALUES = re.findall(r"`(\{ (?!status)\w+ = [^`]*\})`", SECTION)
"""All but what is said of one VM within another value."""
OUT_ONLY = ("intent", "VmMigrated")


def block(language: str) -> str:
    (body,) = re.findall(rf"^```{language}\n(.*?)^```$", SECTION, re.MULTILINE | re.DOTALL)
    return str(body)


def test_the_picture_on_the_page_is_what_is_printed(tmp_path: Path) -> None:
    text = block("toml").replace('"-------------------s--|"', '"----------------s-----|"')
    (verdict,) = verdicts(tmp_path, text)
    shown = "\n".join(lines(verdict)).replace(f"{tmp_path}/", "")
    assert shown + "\n" == block("text")


@pytest.mark.parametrize("value", VALUES)
def test_every_value_on_the_page_can_be_read(tmp_path: Path, value: str) -> None:
    diagrams = ("-", "v") if any(word in value for word in OUT_ONLY) else ("v", "-")
    stream = "intents" if "intent" in value else "vms"
    more = ""
    if "cancel" in value:
        diagrams, more = ("X-v", "-"), 'where.X = { expect = "shut_down", vm = "vm1" }\n'
    test = f'stream = "{stream}"\nin = "{diagrams[0]}"\nout = "{diagrams[1]}"\n{more}'
    text = f"{HOSTS}[[test]]\nwhy = 'it can be read'\n{test}where.v = {value}\n"
    assert len(load(written(tmp_path, text)).tests) == 1


def test_the_page_has_a_value_of_every_kind() -> None:
    told = {word for value in VALUES for word in (*KINDS, "event") if f"{word} = " in value}
    assert told == {*KINDS, "event"}
