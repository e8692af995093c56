"""`vurti top` before there is a screen: what it needs, and how it is told."""

import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner

from vurti.cli import vurti

WITHOUT = """
import sys
sys.modules["textual"] = None
from vurti.cli import vurti
vurti(["top", "--url", "http://127.0.0.1:1"])
"""


def test_without_the_extra_it_says_how_to_get_it() -> None:
    told = subprocess.run(
        [sys.executable, "-c", WITHOUT], capture_output=True, text=True, timeout=60, check=False
    )
    assert (told.returncode, told.stdout) == (2, "")
    assert told.stderr == "vurti top needs Textual: pip install 'vurti[tui]'\n"


def test_without_a_url_it_says_that_it_needs_one() -> None:
    told = CliRunner().invoke(vurti, ["top"], env={"VURTI_URL": None})
    assert told.exit_code == 2
    assert "--url" in told.output


def test_where_nobody_answers_it_says_so_and_opens_no_screen() -> None:
    told = CliRunner().invoke(vurti, ["top"], env={"VURTI_URL": "http://127.0.0.1:1"})
    assert told.exit_code == 1
    assert told.output == "vurti: http://127.0.0.1:1: Connection refused\n"


def test_a_file_that_names_no_authority_is_told_by_its_name(tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    file.write_text("nobody")
    told = CliRunner().invoke(vurti, ["top", "--url", "https://127.0.0.1:1", "--ca", str(file)])
    assert told.exit_code == 1
    assert told.output.startswith(f"vurti: {file}: ")


def test_the_other_commands_do_not_load_textual() -> None:
    code = "import sys, vurti.cli; print('textual' in sys.modules, 'asyncio' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout == "False False\n"
