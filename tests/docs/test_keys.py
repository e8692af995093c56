"""Keys that a page names with their table, such as `[poll] status_secs`, exist."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.docs.pages import PAGES, name, words_in_code
from vurti.config.schema import schema
from vurti.testing.checks.schema import of_test

SCHEMA = schema(*of_test())
NAMED = re.compile(r"\[([a-z_]+(?:\.\w+)?)\] ([a-z_]+)\b")


def keys(table: str) -> set[str]:
    """What a table may have; `[hosts.alpha]` stands for any table of hosts."""
    found: dict[str, Any] = SCHEMA
    for part in table.split("."):
        below = found.get("properties", {})
        found = resolved(below[part] if part in below else found.get("additionalProperties"))
    return set(found.get("properties", {}))


def resolved(found: Any) -> dict[str, Any]:
    if not isinstance(found, dict):
        return {}
    return resolved(SCHEMA["$defs"][found["$ref"].rpartition("/")[2]]) if "$ref" in found else found


def unknown(text: str) -> list[str]:
    return [f"[{table}] {key}" for table, key in NAMED.findall(text) if key not in keys(table)]


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_keys_that_a_page_names_with_their_table_exist(page: Path) -> None:
    assert [one for text in words_in_code(page) for one in unknown(text)] == []


def test_a_key_that_does_not_exist_is_found() -> None:
    assert unknown("[poll] status_secs = 1") == []
    assert unknown("[sources.vdsm] short_polls") == []
    assert unknown("[hosts.alpha] url") == []
    assert unknown("[poll] status_sec") == ["[poll] status_sec"]
    assert unknown("[pol] status_secs") == ["[pol] status_secs"]
    assert unknown("[sources.vdms] short_polls") == ["[sources.vdms] short_polls"]
