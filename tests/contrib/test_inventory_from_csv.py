"""The example of an inventory, run as vurti runs it."""

import shutil
import sys
from pathlib import Path

import pytest

from vurti.config.entries import entries
from vurti.inventory import Failed, InventorySettings, Listed, source_of
from vurti.inventory.answer import Outcome
from vurti.model import Host, VmFacts

SCRIPT = Path(__file__).parents[2] / "contrib/inventory/from_csv.py"


def asked(home: Path, *files: str) -> Outcome:
    shutil.copy(SCRIPT, home)
    command = [sys.executable, "from_csv.py", *files]
    settings = InventorySettings.model_validate({"command": command, "directory": home})
    source = source_of(settings, entries)
    try:
        return source.ask()
    finally:
        source.close()


def test_hosts_and_vms_of_plain_files_are_told(tmp_path: Path) -> None:
    (tmp_path / "hosts.csv").write_text(
        "id,url,cluster\nalpha,vdsm://alpha.example,east\nbeta,sim://beta,\n"
    )
    (tmp_path / "vms.csv").write_text("id,ha,priority,pinned_to\nv1,yes,50,\nv2,no,,alpha\n")
    told = asked(tmp_path, "hosts.csv", "vms.csv")
    assert isinstance(told, Listed)
    assert told.hosts == (Host("alpha", "vdsm://alpha.example", "east"), Host("beta", "sim://beta"))
    assert told.vms == (VmFacts("v1", ha=True, priority=50), VmFacts("v2", pinned_to="alpha"))
    assert told.flaws == ()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (None, "No such file"),
        ("name,url\na,sim://a\n", "there is no column id"),
        ("id,url\na,sim://a\na,sim://b\n", "a is there twice"),
    ],
)
def test_files_that_cannot_be_read_are_a_failure_with_the_reason(
    tmp_path: Path, text: str | None, why: str
) -> None:
    if text is not None:
        (tmp_path / "hosts.csv").write_text(text)
    told = asked(tmp_path, "hosts.csv")
    assert isinstance(told, Failed)
    assert why in told.reason
