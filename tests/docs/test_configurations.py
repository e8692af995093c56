"""Each `toml` block of a page is what its fence says.

- ```` ```toml ```` is a whole configuration: `vurti check` takes it, and runs its tests.
- ```` ```toml part ```` is added to the blocks above it on its page.
- ```` ```toml pyproject.toml ```` offers something to vurti by an entry point.
"""

import re
import tomllib
from pathlib import Path

import pytest

from tests.contrib.installing import install, run
from tests.docs.pages import ROOT, Block, all_blocks
from vurti.errors import ConfigError
from vurti.sinks.registry import GROUP as SINKS
from vurti.sources.registry import GROUP as SOURCES
from vurti.streams.own import GROUP as OPERATORS
from vurti.testing.checks import load, run_all

BLOCKS = all_blocks("toml")
EXAMPLES = [one for one in BLOCKS if one.page.parent.parent == ROOT / "contrib" and one.role == ""
            and one.page.parent.name.startswith("vurti-")]  # fmt: skip
WHOLE = [one for one in BLOCKS if one.role == "" and one not in EXAMPLES]
PARTS = [one for one in BLOCKS if one.role == "part"]
PACKAGES = [one for one in BLOCKS if one.role == "pyproject.toml"]
GROUPS = {OPERATORS, SINKS, SOURCES}


def above(block: Block) -> str:
    """The configuration that the page has come to with this block."""
    return "\n".join(
        one.text for one in BLOCKS
        if one.page == block.page and one.line <= block.line and one.role != "pyproject.toml"
    )  # fmt: skip


def what_it_refers_to_is_there(text: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in re.findall(r"\$\{env:(\w+)\}", text):
        monkeypatch.setenv(variable, "a secret of your own")
    for file in re.findall(r"\$\{file:([\w./-]+)\}", text):
        (home / file).parent.mkdir(parents=True, exist_ok=True)
        (home / file).write_text("a secret of your own\n", encoding="utf-8")
    for included in tomllib.loads(text).get("include", []):
        if "*" not in included:
            (home / included).touch()


def faults(text: str, home: Path) -> list[str]:
    """What `vurti check` has against it, failed tests included."""
    file = home / "vurti.toml"
    file.write_text(text, encoding="utf-8")
    try:
        checked = load(file)
    except ConfigError as error:
        return [str(one) for one in error.complaints]
    return [one.test.why for one in run_all(checked.tests, checked.config) if not one.passed]


def test_every_block_says_what_it_is() -> None:
    known = {*WHOLE, *EXAMPLES, *PARTS, *PACKAGES}
    assert [str(one) for one in BLOCKS if one not in known] == []


@pytest.mark.parametrize("block", WHOLE, ids=str)
def test_a_configuration_on_a_page_is_good_and_so_are_its_tests(
    block: Block, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    what_it_refers_to_is_there(block.text, tmp_path, monkeypatch)
    assert faults(block.text, tmp_path) == []


@pytest.mark.parametrize("block", PARTS, ids=str)
def test_a_part_of_a_configuration_is_good_with_what_stands_above_it(
    block: Block, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    what_it_refers_to_is_there(above(block), tmp_path, monkeypatch)
    assert faults(above(block), tmp_path) == []


@pytest.mark.parametrize("block", PACKAGES, ids=str)
def test_an_entry_point_on_a_page_is_one_that_vurti_looks_for(block: Block) -> None:
    offered = tomllib.loads(block.text)["project"]["entry-points"]
    assert offered
    assert offered.keys() <= GROUPS
    values = [value for group in offered.values() for value in group.values()]
    assert all(re.fullmatch(r"[\w.]+:\w+", value) for value in values)


@pytest.mark.slow
@pytest.mark.parametrize("block", EXAMPLES, ids=str)
def test_the_configuration_of_an_example_package_is_good_once_it_is_installed(
    block: Block, tmp_path: Path
) -> None:
    file = tmp_path / "vurti.toml"
    file.write_text(block.text, encoding="utf-8")
    installed = install(block.page.parent, tmp_path)
    told = run("vurti", "check", str(file), cwd=tmp_path, path=str(installed))
    assert told.returncode == 0, told.stdout + told.stderr


def test_a_configuration_that_is_bad_or_whose_test_fails_is_found(tmp_path: Path) -> None:
    assert faults("[poll]\nstatus_sec = 1\n", tmp_path) != []
    test = '[[test]]\nstream = "vms"\nwhy = "w"\nin = "-r-|"\nout = "---|"\nwhere.r = '
    told = '{ event = "VmStateChanged", vm = "v", before = "Up", after = "Down" }\n'
    assert faults(test + told, tmp_path) == ["w"]
