"""Operators of others: by a call, and by packages that are installed beside vurti."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from msgspec.structs import replace

from vurti.operators import Entry, Flow, Operator, OperatorError, StepSettings, only, register
from vurti.streams.own import entry_named, forget, names

ROOT = Path(__file__).parents[2]
MODULE = """
from typing import Literal
from vurti.operators import *
class Settings(StepSettings):
    "Nothing much."
    op: Literal["NAME"] = "NAME"
    fine: bool = True
def make(fine):
    "Let everything pass."
    if not fine:
        raise ZeroDivisionError("not fine")
    return lambda source: source
ENTRY = Entry("NAME", make, Settings)
"""


def plug_in(home: Path, name: str, code: str, package: str = "") -> None:
    """What `pip install` of a package with one module and one entry point leaves behind."""
    package = package or f"made-{name}"
    module = package.replace("-", "_")
    (home / f"{module}.py").write_text(code.replace("NAME", name))
    info = home / f"{module}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[vurti.operators]\n{name} = {module}:ENTRY\n")


def check(home: Path, *steps: str) -> list[str]:
    """What `vurti check` says of streams with these steps."""
    file = home / "vurti.toml"
    file.write_text(
        "".join(f"[streams.s{n}]\nfrom='vms'\nchain=[{step}]\n" for n, step in enumerate(steps))
    )
    told = subprocess.run(
        [sys.executable, "-m", "vurti", "check", str(file)],
        env={"PYTHONPATH": f"{home}:{ROOT}", "PATH": "/usr/bin:/bin"},
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert "Traceback" not in told.stderr, told.stderr
    return [line.replace(f"{home}/", "") for line in (told.stdout + told.stderr).splitlines()]


def test_a_package_brings_an_operator_and_one_that_is_broken_harms_nobody_else(
    tmp_path: Path,
) -> None:
    plug_in(tmp_path, "fine", MODULE)
    plug_in(tmp_path, "broken", "1 / 0\n")
    assert check(tmp_path, "{ op = 'fine' }")[0].startswith("vurti.toml: good")
    told = check(tmp_path, "{ op = 'fine', fine = false }", "{ op = 'broken' }")
    assert told == [
        "vurti.toml:3: streams.s0.chain[0]: fine cannot be made so: not fine",
        "vurti.toml:6: streams.s1.chain[0].op: the operator 'broken' of the package made-broken"
        " cannot be loaded: ZeroDivisionError: division by zero",
    ]


def test_what_a_package_declares_wrongly_is_told_with_its_name(tmp_path: Path) -> None:
    wrong = {
        "other": MODULE.replace('Entry("NAME"', 'Entry("another"'),
        "number": "ENTRY = 3\n",
        "silent": MODULE.replace('    "Let everything pass."\n', ""),
        "settle": MODULE,
        "twice": MODULE,
    }
    for name, code in wrong.items():
        plug_in(tmp_path, name, code)
    plug_in(tmp_path, "twice", MODULE, package="again")
    told = check(tmp_path, *(f"{{ op = '{name}' }}" for name in wrong if name != "settle"))
    assert [line.partition("chain[0].op: ")[2] for line in told] == [
        "the operator 'other' of the package made-other calls itself 'another': the two must be"
        " one name",
        "the operator 'number' of the package made-number is a int, not a vurti.operators.Entry",
        "the operator 'silent' of the package made-silent needs a function with a docstring",
        "the operator 'twice' is in several packages (keep one: again, made-twice)",
    ]
    assert "settle must" in " ".join(
        check(tmp_path, "{ op = 'only', kinds = ['VmAdded'] }, { op = 'settle', secs = 1 }")
    )


class MineSettings(StepSettings):
    """Let pass what is of hosts."""

    op: Literal["mine"] = "mine"


def mine() -> Operator:
    """Let pass what is of hosts."""
    return only(kinds=["VdsStateChanged"])


MINE = Entry("mine", mine, MineSettings, gives=Flow.BROKEN)


@pytest.fixture(autouse=True)
def unregistered() -> Iterator[None]:
    yield
    forget("mine")


def test_a_call_registers_an_operator_once_and_for_this_process() -> None:
    assert register(MINE) is MINE is register(MINE)
    assert entry_named("mine") is MINE
    assert "mine" in names()
    with pytest.raises(OperatorError, match="another operator 'mine' already"):
        register(replace(MINE, gives=None))


class Nameless(StepSettings):
    """Without a name of its own."""


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"name": "Mine!"}, "must be called by small letters"),
        ({"name": "settle"}, "is called as one that comes with vurti"),
        ({"settings": dict}, "needs settings that are a vurti.operators.StepSettings"),
        ({"settings": Nameless}, "needs settings with `op: Literal"),
        ({"function": lambda: None}, "needs a function with a docstring"),
        ({"takes": (Flow.POLLS,)}, "polls are none"),
        ({"takes": (Flow.UNBROKEN,)}, "takes not every flow and does not say `why`"),
        ({"last": True}, "cannot be `last`"),
    ],
)
def test_an_operator_that_could_not_be_used_or_told_of_is_refused(
    change: dict[str, Any], told: str
) -> None:
    with pytest.raises(OperatorError, match=told):
        register(replace(MINE, **change))
