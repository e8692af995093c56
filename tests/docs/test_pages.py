"""The pages say what is so: their code runs, their links lead somewhere, their tests exist."""

import ast
import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from vurti.testing.checks import load, run_all

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def blocks(page: Path, language: str) -> list[str]:
    text = page.read_text(encoding="utf-8")
    return [body for named, body in BLOCK.findall(text) if named == language]


def test_links_between_pages_lead_somewhere() -> None:
    dead = [
        (page.name, link)
        for page in PAGES
        for link in LINK.findall(page.read_text(encoding="utf-8"))
        if "://" not in link and not (page.parent / link).exists()
    ]
    assert dead == []


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page not in reached:
            reached.add(page)
            links = LINK.findall(page.read_text(encoding="utf-8"))
            near = ((page.parent / link).resolve() for link in links if "://" not in link)
            waiting.extend(link for link in near if link.suffix == ".md" and link.exists())
    assert set(PAGES) <= reached


def test_python_and_toml_on_every_page_is_well_formed() -> None:
    for page in PAGES:
        for code in blocks(page, "python"):
            ast.parse(code, str(page))
        for text in blocks(page, "toml"):
            tomllib.loads(text)


@pytest.mark.parametrize("page", ["README.md", "docs/configuration.md", "docs/testing.md"])
def test_the_configuration_on_a_page_is_good_and_so_are_its_tests(
    page: str, tmp_path: Path
) -> None:
    written = blocks(ROOT / page, "toml")
    assert written
    for text in written:
        file = tmp_path / "vurti.toml"
        file.write_text(text, encoding="utf-8")
        checked = load(file)
        assert all(one.passed for one in run_all(checked.tests, checked.config))


def test_the_ten_lines_of_the_readme_run(tmp_path: Path) -> None:
    (code,) = blocks(ROOT / "README.md", "python")
    assert len(code.splitlines()) <= 10
    assert code.count("adapter.run()") == 1
    shutil.copytree(ROOT / "config", tmp_path / "config")
    code = code.replace("adapter.run()", "adapter.run(for_secs=2)")
    told = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=_environment(), capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert (told.returncode, told.stderr) == (0, "")
    words = [sys.executable, "-m", "vurti", "vms", "config/examples/sim.toml", "--json"]
    listed = subprocess.run(
        words, cwd=tmp_path, env=_environment(), capture_output=True, text=True, check=True
    )
    assert len([json.loads(line) for line in listed.stdout.splitlines()]) == 15


def _environment() -> dict[str, str]:
    """The tree comes first, as in the tests themselves, wherever the program is run."""
    return {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}


def test_the_commands_of_the_readme_are_there() -> None:
    text = "\n".join(blocks(ROOT / "README.md", "sh"))
    named = set(re.findall(r"^vurti (\w+)", text, re.MULTILINE))
    told = subprocess.run(
        [sys.executable, "-m", "vurti", "--help"], capture_output=True, text=True, check=True
    )
    there = set(re.findall(r"^  (\w+) {2}", told.stdout, re.MULTILINE))
    assert {"check", "run", "vms", "events"} <= named <= there


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
