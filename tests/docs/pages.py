"""The pages of this repository, read as Markdown: blocks of code, links, headings, code in text."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "contrib").rglob("*.md")]
)


class Block(NamedTuple):
    """A block of code: where it stands, what the words behind its fence say, and what is in it."""

    page: Path
    line: int
    language: str
    role: str
    text: str

    def __str__(self) -> str:
        return f"{name(self.page)}:{self.line}"


def name(page: Path) -> str:
    """As a failure should call it."""
    return str(page.relative_to(ROOT))


@cache
def tokens(page: Path) -> tuple[Token, ...]:
    """What the page is made of, with what stands within a line behind the line itself."""
    parsed = MarkdownIt("commonmark").enable("table").parse(page.read_text(encoding="utf-8"))
    return tuple(inner for token in parsed for inner in (token, *(token.children or ())))


def blocks(page: Path) -> Iterator[Block]:
    """Its blocks of code in their order. One that is only indented has no language."""
    for token in tokens(page):
        if token.type in ("fence", "code_block"):
            language, _, role = token.info.strip().partition(" ")
            line = (token.map or [0])[0] + 1
            yield Block(page, line, language, role.strip(), token.content)


def all_blocks(*languages: str) -> list[Block]:
    """Those of all pages in one of these languages."""
    return [one for page in PAGES for one in blocks(page) if one.language in languages]


def links(page: Path) -> Iterator[str]:
    """Where its links lead, its pictures included."""
    for token in tokens(page):
        if token.type in ("link_open", "image"):
            yield str(token.attrs.get("href") or token.attrs.get("src"))
        elif token.type in ("html_block", "html_inline"):
            yield from re.findall(r'\b(?:href|src|srcset)="([^"\s]+)', token.content)


@cache
def anchors(page: Path) -> frozenset[str]:
    """What a link may have behind its `#`: the headings, as GitHub names them."""
    seen: Counter[str] = Counter()
    named = set()
    for heading, text in pairwise(tokens(page)):
        if heading.type == "heading_open":
            plain = "".join(one.content for one in text.children or () if one.type != "image")
            slug = re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-")
            named.add(slug if not seen[slug] else f"{slug}-{seen[slug]}")
            seen[slug] += 1
    return frozenset(named)


def words_in_code(page: Path) -> Iterator[str]:
    """What stands between backticks within its sentences and tables."""
    return (token.content for token in tokens(page) if token.type == "code_inline")
