"""docs/commands.md says what the commands have."""

from pathlib import Path

from vurti.cli.reference import page

PAGE = Path(__file__).parents[2] / "docs" / "commands.md"


def test_the_page_of_commands_is_current() -> None:
    advice = "make it anew: python -m vurti.cli.reference > docs/commands.md"
    assert PAGE.read_text(encoding="utf-8") == page(), advice


def test_it_has_commands_within_commands_and_their_options() -> None:
    assert "## token create\n" in page()
    assert "| `--role [read\\|operate]` |" in page()
