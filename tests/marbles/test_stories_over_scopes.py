"""The best-known stories of a VM that two hosts speak of, where each is in a scope of its own: as
pictures in a configuration, through the whole adapter.
"""

from pathlib import Path

import pytest

from vurti.testing.checks import load, run_all
from vurti.testing.checks.picture import picture

CONFIG = """
[repository]
scope = "{scope}"
parts = 2
[hosts.alpha]
url = "vdsm://alpha.example"
cluster = "east"
[hosts.beta]
url = "vdsm://beta.example"
cluster = "west"
[[test]]
stream = "vms"
why = "so it is told"
known.vms.vm1 = {{ status = "Up", run_on = "alpha" }}
known.hosts.beta = "Up"
in  = "{given}"
out = "{told}"
"""

VALUES = {
    # alpha migrates it away; beta receives it, and runs it; alpha has let go of it
    "f": '{ host = "alpha", push = { vm1 = "MigratingFrom" } }',
    "t": '{ host = "beta", push = { vm1 = "MigratingTo" } }',
    "u": '{ host = "beta", push = { vm1 = { status = "Up", begun = "migrated" } } }',
    "g": '{ host = "alpha", push = { vm1 = { status = "Down", exit_status = "Normal",'
    ' exit_reason = "MigrationSucceeded" } } }',
    # alpha answers that it runs it; so does beta, where it was booted
    "a": '{ host = "alpha", vms = { vm1 = "Up" } }',
    "b": '{ host = "beta", vms = { vm1 = { status = "Up", begun = "booted" } } }',
    "x": '{ restart = "killed" }',
    # what is told
    "c": '{ event = "VmStateChanged", after = "MigratingFrom" }',
    "m": '{ event = "VmMigrated", from = "alpha", to = "beta" }',
    "l": '{ event = "VmLeftScope", vm = "vm1", after = "none" }',
    "j": '{ event = "VmJoinedScope", vm = "vm1", before = "none" }',
    "r": '{ event = "VmStateChanged", before = "MigratingTo", after = "Up" }',
    "s": '{ event = "VmSplitBrainDetected", vm = "vm1" }',
}

STORIES = {
    "a migration whose destination speaks first is told once": (
        "--t-f---u--g--|",
        "----c---(mlj)-|",
    ),
    "one whose source is done first is handed over and never down": (
        "--f-t--g----u--|",
        "--c-c--(mlj)r--|",
    ),
    "one that two hosts insist on running is split brain, told once, and stays": (
        "-b-a-b-a-b---|",
        "-----s-------|",
    ),
    "one that has crossed is where it was when vurti is killed and starts again": (
        "--f-u------x-u--|",
        "--c-(mlj)-------|",
    ),
}


@pytest.mark.parametrize("scope", ["cluster", "divided"])
@pytest.mark.parametrize("story", STORIES)
def test_over_scopes(tmp_path: Path, scope: str, story: str) -> None:
    given, told = STORIES[story]
    lines = [f"where.{name} = {value}" for name, value in VALUES.items() if name in given + told]
    text = CONFIG.format(scope=scope, given=given, told=told) + "\n".join(lines)
    file = tmp_path / "vurti.toml"
    file.write_text(text, encoding="utf-8")
    checked = load(file)
    (verdict,) = run_all(checked.tests, checked.config)
    assert verdict.passed, picture(verdict)
