"""docs/contract.md names the tests that hold vurti to it, and they exist."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
CONTRACT = ROOT / "docs" / "contract.md"
SENTENCE = re.compile(r"^(\d+)\. (.+)\n((?:   - .+\n)*)", re.MULTILINE)


def test_the_contract_has_twenty_sentences_and_each_names_its_tests_or_says_not_yet() -> None:
    sentences = SENTENCE.findall(CONTRACT.read_text(encoding="utf-8"))
    assert [int(number) for number, _, _ in sentences] == list(range(1, 21))
    without = [number for number, _, proofs in sentences if "`tests/" not in proofs
               and "- not yet" not in proofs]  # fmt: skip
    assert without == []


def test_the_tests_that_the_contract_names_exist() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", CONTRACT.read_text(encoding="utf-8"))
    assert len(named) >= 50
    missing = [
        f"{file}::{test}"
        for file, test in named
        if not (ROOT / file).exists()
        or f"def {test}(" not in (ROOT / file).read_text(encoding="utf-8")
    ]
    assert missing == []


def test_a_test_that_carries_the_number_of_a_sentence_is_named_there() -> None:
    named = CONTRACT.read_text(encoding="utf-8")
    carrying = {
        test
        for file in (ROOT / "tests").rglob("test_*.py")
        for test in re.findall(r"def (test_contract_\w+)\(", file.read_text(encoding="utf-8"))
    }
    assert {test for test in carrying if test not in named} == set()
