"""Whatever a page points at is there: pages, headings, pictures, files of this repository."""

import re
from pathlib import Path

import pytest

from tests.docs.pages import PAGES, ROOT, anchors, links, name, words_in_code

INSIDE = re.compile(r"(?:benchmarks|config|contrib|docs|tests|vurti)/[\w./-]+")
"""A word in code that is a path of this repository, from its top."""


def dead(page: Path, link: str) -> bool:
    """Whether a link leads nowhere; other sites are not asked."""
    if "://" in link or link.startswith("mailto:"):
        return False
    path, _, heading = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    if not target.exists() or not target.is_relative_to(ROOT):
        return True
    return bool(heading) and target.suffix == ".md" and heading not in anchors(target)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    assert [link for link in links(page) if dead(page, link)] == []


def test_a_link_that_leads_nowhere_is_found() -> None:
    readme, page = ROOT / "README.md", ROOT / "docs" / "operating.md"
    assert dead(readme, "docs/operatin.md")
    assert dead(page, "#no-such-heading")
    assert dead(page, "configuration.md#chances")
    assert not dead(page, "configuration.md#changes")
    assert dead(readme, "../elsewhere")


def test_headings_are_named_as_github_names_them() -> None:
    assert {"what-fails-a-test", "in-python"} <= anchors(ROOT / "docs" / "testing.md")


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached:
            continue
        reached.add(page)
        near = ((page.parent / link.partition("#")[0]).resolve() for link in links(page))
        waiting.extend(one for one in near if one.suffix == ".md" and one.exists())
    assert {name(page) for page in PAGES if page.is_relative_to(ROOT / "docs")} <= {
        name(page) for page in reached
    }


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_path_of_this_repository_that_a_page_names_exists(page: Path) -> None:
    named = (word.partition("::")[0] for text in words_in_code(page) for word in text.split())
    tops = (ROOT, page.parent)
    wrong = [one for one in named if INSIDE.fullmatch(one)
             and not any((top / one).exists() for top in tops)]  # fmt: skip
    assert wrong == []
