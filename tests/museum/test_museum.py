"""Each public fault of the museum is kept from happening by a rule of vurti: with it the exhibit
passes, without it the exhibit fails."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.museum.exhibits import FILES, ROOT, exhibits, rooms
from tests.museum.mutations import MUTATIONS
from tests.museum.page import FAMILIES, page
from vurti.errors import ConfigError
from vurti.testing.checks import Check, load, run

EXHIBITS = exhibits()


def passes(check: Check, rules: Mapping[str, Any]) -> bool:
    """Read anew, since what hosts wrote is decoded then; one that is dropped fails it as well."""
    file = Path(check.where.rpartition(":")[0])
    try:
        tests, config = load(file).tests, load(file).config
    except ConfigError:
        return False
    changed = config.rules.model_copy(update=dict(rules))
    (again,) = [one for one in tests if one.why == check.why]
    verdict = run(again, replace(config, rules=changed))
    assert "vurti has a bug" not in verdict.difference, "the mutation breaks more than its rule"
    return verdict.passed


@pytest.mark.parametrize("thread", EXHIBITS)
def test_without_the_rule_that_prevents_it_the_fault_happens(
    thread: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    check, mutation = EXHIBITS[thread], MUTATIONS[thread]
    assert passes(check, {})
    if mutation.place:
        holder, name = mutation.target
        monkeypatch.setattr(holder, name, mutation.instead(getattr(holder, name)))
    assert not passes(check, mutation.settings)
    monkeypatch.undo()
    assert passes(check, {})


def test_every_exhibit_has_its_rule_and_a_name_of_its_own() -> None:
    assert MUTATIONS.keys() == EXHIBITS.keys()
    assert len(EXHIBITS) == sum(len(room.tests) for room in rooms().values())


def test_all_seven_families_are_there_with_more_than_twenty_faults() -> None:
    assert {file.stem for file in FILES} == FAMILIES.keys()
    assert len(EXHIBITS) >= 20


def test_every_exhibit_leads_to_its_thread() -> None:
    parts = [urlsplit(check.link) for check in EXHIBITS.values()]
    assert all(part.scheme == "https" and part.path.strip("/") for part in parts)


def test_the_page_is_current() -> None:
    made = "run `python -m tests.museum.page > docs/museum.md`"
    assert (ROOT / "docs" / "museum.md").read_text(encoding="utf-8") == page(), made
