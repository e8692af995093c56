"""The `python` blocks of the pages run: programs from top to bottom, tests by pytest.

A fence that says ```` ```python part ```` needs what only its reader has: it is compiled, and
what it imports is there.
"""

import ast
import json
import os
import shutil
import subprocess
import sys
from itertools import groupby
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, Block, all_blocks, name

pytestmark = pytest.mark.slow

BLOCKS = all_blocks("python")
PARTS = [one for one in BLOCKS if one.role == "part"]
TESTS = [one for one in BLOCKS if one.role == "" and "def test_" in one.text]
ENDLESS = [one for one in BLOCKS if "adapter.run()" in one.text or "serve_forever()" in one.text]
"""The first of docs/embedding.md, and one of docs/sinks.md, which tests of their own run: below,
and tests/sinks/test_sinks_page.py."""
PROGRAMS = [one for one in BLOCKS if one.role == "" and one not in [*TESTS, *ENDLESS]]
BY_PAGE = {page: list(found) for page, found in groupby(PROGRAMS, lambda one: one.page)}

EMBEDDED = """
from reactivex import operators as ops


def work(_poll):
    take_over(adapter)
    calmer(adapter)
    try:
        migrate(adapter, "no-such-vm", "beta")
    except SystemExit as refused:
        print(refused)


with PushAdapter(load_config("config/examples/sim.toml")) as adapter:
    follow(adapter)
    adapter["polls"].pipe(ops.take(1)).subscribe(work)
    adapter.run(for_secs=2)
"""


def ran(words: list[str], home: Path) -> subprocess.CompletedProcess[str]:
    """In a directory that has `config/`, as a checkout has; the tree comes first wherever it is."""
    if not (home / "config").exists():
        shutil.copytree(ROOT / "config", home / "config")
    environment = {"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"]}
    return subprocess.run(
        [sys.executable, *words], cwd=home, env=environment, capture_output=True, text=True,
        check=False, timeout=120,
    )  # fmt: skip


def test_each_block_is_run_or_says_why_not() -> None:
    known = {*PARTS, *TESTS, *ENDLESS, *PROGRAMS}
    assert [str(one) for one in BLOCKS if one not in known] == []
    assert {name(one.page) for one in ENDLESS} == {"docs/embedding.md", "docs/sinks.md"}


@pytest.mark.parametrize("page", BY_PAGE, ids=name)
def test_the_programs_of_a_page_run_from_top_to_bottom(page: Path, tmp_path: Path) -> None:
    code = "\n".join(one.text for one in BY_PAGE[page])
    told = ran(["-c", code], tmp_path)
    assert (told.returncode, told.stderr) == (0, "")


def test_what_the_page_on_embedding_defines_works_with_an_adapter(tmp_path: Path) -> None:
    page = ROOT / "docs" / "embedding.md"
    code = "from gevent import monkey; monkey.patch_all()\n"
    code += "\n".join(one.text for one in BY_PAGE[page]) + EMBEDDED
    told = ran(["-c", code], tmp_path)
    assert (told.returncode, told.stderr) == (0, "")
    assert "not migrated: " in told.stdout


@pytest.mark.parametrize("block", TESTS, ids=str)
def test_the_tests_on_a_page_pass(block: Block, tmp_path: Path) -> None:
    (tmp_path / "test_page.py").write_text(block.text, encoding="utf-8")
    told = ran(["-m", "pytest", "-q", "-p", "no:cacheprovider", "test_page.py"], tmp_path)
    assert told.returncode == 0, told.stdout
    assert f"{block.text.count('def test_')} passed" in told.stdout


@pytest.mark.parametrize("block", PARTS, ids=str)
def test_a_part_of_a_program_compiles_and_what_it_imports_is_there(
    block: Block, tmp_path: Path
) -> None:
    tree = ast.parse(block.text)
    imports = [one for one in tree.body if isinstance(one, ast.Import | ast.ImportFrom)]
    told = ran(["-c", ast.unparse(ast.Module(imports, []))], tmp_path)
    assert (told.returncode, told.stderr) == (0, "")


def test_the_ten_lines_to_begin_with_run(tmp_path: Path) -> None:
    (block,) = (one for one in ENDLESS if name(one.page) == "docs/embedding.md")
    assert len(block.text.splitlines()) <= 10
    assert block.text.count("adapter.run()") == 1
    told = ran(["-c", block.text.replace("adapter.run()", "adapter.run(for_secs=2)")], tmp_path)
    assert (told.returncode, told.stderr) == (0, "")
    listed = ran(["-m", "vurti", "vms", "config/examples/sim.toml", "--json"], tmp_path)
    assert len([json.loads(line) for line in listed.stdout.splitlines()]) == 15
