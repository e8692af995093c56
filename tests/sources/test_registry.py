"""Sources by scheme: ours, and those of packages that are installed beside vurti."""

import subprocess
import sys
from pathlib import Path

import pytest

from vurti.sources import SourceError, SourceOptions, names, source_named, source_of
from vurti.sources.registry import BUILT_IN, Row
from vurti.sources.sim import SimOptions

ROOT = Path(__file__).parents[2]
GOOD = """
from vurti.clock import Clock
from vurti.model import Absence, Host
from vurti.sources import Source
from pydantic import BaseModel
class Options(BaseModel, extra="forbid"):
    depth: int = 3
def open_endpoint(host, clock, options):
    raise ZeroDivisionError("at open")
SOURCE = Source(
    name="NAME", schemes=("NAME", "NAME+x"), options=Options, open_endpoint=open_endpoint,
    check=lambda url: 1 / 0 if "raise" in url else None if "/good" in url else "odd",
    allowed=frozenset(), absence=Absence.GONE, pushes=False,
)
"""


def plug_in(home: Path, name: str, code: str, package: str = "", attribute: str = "SOURCE") -> None:
    """What `pip install` of a package with one module and one entry point leaves behind."""
    package = package or f"made-{name}"
    module = package.replace("-", "_")
    (home / f"{module}.py").write_text(code.replace("NAME", name))
    info = home / f"{module}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[vurti.sources]\n{name} = {module}:{attribute}\n")


def check(home: Path, text: str, command: str = "check") -> list[str]:
    """What `vurti check` says of that configuration, with the packages in `home` installed."""
    file = home / "vurti.toml"
    file.write_text(text)
    told = subprocess.run(
        [sys.executable, "-m", "vurti", command, str(file)],
        env={"PYTHONPATH": f"{home}:{ROOT}", "PATH": "/usr/bin:/bin"},
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert "Traceback" not in told.stderr, told.stderr
    return [line.replace(f"{home}/", "") for line in (told.stdout + told.stderr).splitlines()]


@pytest.mark.parametrize("row", BUILT_IN, ids=lambda row: row.name)
def test_what_a_source_declares_is_what_the_table_says(row: Row) -> None:
    source = source_named(row.name)
    assert (source.name, set(source.schemes)) == (row.name, set(row.schemes))
    assert [source_of(scheme) for scheme in row.schemes] == [source] * len(row.schemes)
    assert isinstance(source.options(), source.options)


def test_no_scheme_and_no_name_is_taken_twice() -> None:
    schemes = [scheme for row in BUILT_IN for scheme in row.schemes]
    assert len(schemes) == len(set(schemes))
    assert len({row.name for row in BUILT_IN}) == len(BUILT_IN)


def test_options_that_are_not_given_are_the_defaults() -> None:
    options = SourceOptions(sim=SimOptions(seed=7))
    assert (options.sim.seed, options.of("sim").seed) == (7, 7)
    assert options.libvirt == SourceOptions().of("libvirt")
    assert options.named == ("sim",)
    with pytest.raises(SourceError, match="there is no source 'simm' \\(did you mean `sim`"):
        options.of("simm")


def test_options_are_equal_where_they_say_the_same() -> None:
    assert SourceOptions(sim=SimOptions()) == SourceOptions()
    assert SourceOptions(sim=SimOptions(seed=2)) != SourceOptions()
    assert SourceOptions() != 3


def test_a_plug_in_is_found_by_its_scheme_and_its_options_are_checked(tmp_path: Path) -> None:
    plug_in(tmp_path, "deep", GOOD)
    good = '[hosts.a]\nurl = "deep://good"\n[hosts.b]\nurl = "deep+x://x/good"\n'
    good += "[sources.deep]\ndepth = 5\n"
    assert check(tmp_path, good.replace("://good", ":///good")) == [
        "vurti.toml: good; 2 hosts, 0 streams; 0 tests, 0 failed"
    ]
    assert check(tmp_path, '[hosts.a]\nurl = "deep://a"\n\n[sources.deep]\ndepht = "x"\n') == [
        "vurti.toml:2: hosts.a.url: odd",
        "vurti.toml:5: sources.deep.depht: unknown key (did you mean `depth`?)",
    ]
    assert check(tmp_path, "[sources.deep]\ndepth = 'x'\n") == [
        "vurti.toml:2: sources.deep.depth: expected a whole number, this is a text"
    ]


def test_a_plug_in_that_nothing_asks_for_is_not_loaded(tmp_path: Path) -> None:
    plug_in(tmp_path, "deep", "print('loaded')\n")
    text = '[hosts.a]\nurl = "sim://a"\n'
    assert check(tmp_path, text) == ["vurti.toml: good; 1 host, 0 streams; 0 tests, 0 failed"]


def test_a_near_miss_of_a_plug_ins_name_is_told(tmp_path: Path) -> None:
    plug_in(tmp_path, "deeper", GOOD)
    assert check(tmp_path, '[hosts.a]\nurl = "deepr://a"\n[sources.deepr]\n') == [
        "vurti.toml:2: hosts.a.url: there is no source 'deepr' (did you mean deeper://?)",
        "vurti.toml:3: sources.deepr: there is no source 'deepr' (did you mean `deeper`?)",
    ]
    assert check(tmp_path, '[hosts.a]\nurl = "deeper+y://a/good"\n') == [
        "vurti.toml:2: hosts.a.url: there is no source 'deeper+y' (did you mean `deeper+x`?)"
    ]


WHOSE = "the source 'deep' of the package made-deep"


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("import nothing_of_this_name", "cannot be loaded: ModuleNotFoundError: No module named"
         " 'nothing_of_this_name'"),
        ("1 / 0", "cannot be loaded: ZeroDivisionError: division by zero"),
        ("x = 1", "cannot be loaded: AttributeError: module 'made_deep' has no attribute 'SOURCE'"),
        ("SOURCE = 3", "is a int, not a vurti.sources.Source"),
        (GOOD.replace('name="NAME"', 'name="else"'), "calls itself 'else': the two must be one"
         " name"),
        (GOOD.replace('("NAME", "NAME+x")', '("sim",)'), "has the schemes ('sim',): they must be"
         " deep, or deep+SOMETHING"),
    ],
)  # fmt: skip
def test_a_broken_plug_in_is_named_and_spares_the_others(
    tmp_path: Path, code: str, told: str
) -> None:
    plug_in(tmp_path, "deep", code)
    text = '[hosts.a]\nurl = "sim://"\n[hosts.b]\nurl = "deep:///good"\n'
    other, broken = check(tmp_path, text)
    assert other.startswith("vurti.toml:2: hosts.a.url: 'sim://' does not name")
    assert broken == f"vurti.toml:4: hosts.b.url: {WHOSE} {told}"


def test_a_source_that_two_packages_bring_is_neithers(tmp_path: Path) -> None:
    plug_in(tmp_path, "deep", GOOD, "made-one")
    plug_in(tmp_path, "deep", GOOD, "made-two")
    assert check(tmp_path, "[sources.deep]\n") == [
        "vurti.toml:1: sources.deep: the source 'deep' is in several packages"
        " (keep one: made-one, made-two)"
    ]


def test_a_plug_in_cannot_take_the_place_of_one_of_ours(tmp_path: Path) -> None:
    plug_in(tmp_path, "sim", "1 / 0")
    assert check(tmp_path, '[hosts.a]\nurl = "sim://a"\n[sources.sim]\nseed = 2\n') == [
        "vurti.toml: good; 1 host, 0 streams; 0 tests, 0 failed"
    ]


def test_a_plug_in_that_raises_is_an_error_that_names_it(tmp_path: Path) -> None:
    plug_in(tmp_path, "deep", GOOD)
    assert check(tmp_path, '[hosts.a]\nurl = "deep://raise"\n') == [
        "vurti.toml:2: hosts.a.url: the source 'deep' failed to check it: ZeroDivisionError:"
        " division by zero"
    ]
    *_, last = check(tmp_path, '[hosts.a]\nurl = "deep:///good"\n', "run")
    assert last == "vurti: host a: the source 'deep' failed: ZeroDivisionError: at open"


def test_all_names_are_known_without_loading_any() -> None:
    assert set(names()) >= {row.name for row in BUILT_IN}
