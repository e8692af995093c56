"""docs/operators.md says what the catalog has."""

from pathlib import Path

from vurti.streams.catalog import CATALOG
from vurti.streams.reference import page

PAGE = Path(__file__).parents[2] / "docs" / "operators.md"


def test_the_page_of_operators_is_current() -> None:
    advice = "make it anew: python -m vurti.streams.reference > docs/operators.md"
    assert PAGE.read_text(encoding="utf-8") == page(), advice


def test_it_has_every_operator_with_its_picture_and_every_setting() -> None:
    sections = dict(part.split("\n", 1) for part in page().split("\n## ")[1:])
    assert list(sections) == list(CATALOG)
    for name, entry in CATALOG.items():
        assert "```text\n-" in sections[name]
        for key in entry.settings.model_fields.keys() - {"op"}:
            assert f"\n| `{key}` |" in sections[name]
