"""docs/operators.md says what the catalog has."""

import re
from pathlib import Path

from vurti.config import load_config
from vurti.streams.catalog import CATALOG
from vurti.streams.chain import build, read
from vurti.streams.conditions import FIELDS
from vurti.streams.own import forget
from vurti.streams.reference import page, told
from vurti.testing import marbles

PAGE = Path(__file__).parents[2] / "docs" / "operators.md"


def test_the_page_of_operators_is_current() -> None:
    advice = "make it anew: python -m vurti.streams.reference > docs/operators.md"
    assert PAGE.read_text(encoding="utf-8") == page(), advice


def test_it_has_every_operator_with_its_picture_and_every_setting() -> None:
    sections = dict(part.split("\n", 1) for part in page().split("\n## ")[1:])
    assert list(sections) == [*CATALOG, "Conditions", "An operator of your own"]
    for name, entry in CATALOG.items():
        assert "```text\n-" in sections[name]
        for key in entry.settings.model_fields.keys() - {"op"}:
            assert f"\n| `{key}` |" in sections[name]


def test_every_field_that_a_condition_can_ask_is_on_the_page() -> None:
    text = page()
    for name, field in FIELDS.items():
        shown = f"`{name.partition('.')[2]}`" if "." in name else f"| `{name}` | {field.kind} |"
        assert shown in text


def test_the_streams_of_the_page_are_good(tmp_path: Path) -> None:
    first, *_ = re.findall("```toml\n(.*?)```", page(), re.DOTALL)
    (tmp_path / "vurti.toml").write_text(first)
    assert list(load_config(tmp_path / "vurti.toml").definitions) == ["quiet", "news", "night"]


def test_the_operator_of_the_page_can_be_used_by_its_name() -> None:
    (code,) = re.findall("```python\n(.*?)```", page(), re.DOTALL)
    try:
        exec(code, {"__name__": "page"})  # our own page
        steps, flaws = read([{"op": "every_nth", "n": 2}])
        assert flaws == ()
        with marbles() as m:
            m.expect(m.hot("-a-b-c-d-|").pipe(build(steps)), "---b---d-|")
        assert "## every_nth\n\nLet every n-th event pass." in told(["every_nth"])
        _, flaws = read([{"op": "every_nth", "n": "x"}, {"op": "settle", "secs": 3}])
        assert [(flaw.index, flaw.key) for flaw in flaws] == [(0, "n"), (1, "op")]
    finally:
        forget("every_nth")
