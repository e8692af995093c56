"""Whatever stands in a `[[test]]`, it is told what is wrong with it or it is run."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import tomli_w
from hypothesis import given, settings
from hypothesis import strategies as st

from vurti.errors import Complaint, ConfigError
from vurti.testing.checks import Checked, load, picture, run

WORDS = ("Up", "Down", "alpha", "vm1", "timeout", "killed", "VmStateChanged", "vms", "")
KEYS = (
    "host", "vms", "push", "missed", "caps", "stats", "samples", "raw", "event", "intent", "expect",
    "cancel", "restart", "stall", "clock", "vm1", "status", "before", "after", "marks", "complete",
)  # fmt: skip
PLAIN = st.one_of(st.sampled_from(WORDS), st.booleans(), st.integers(-3, 9), st.floats(-2, 2))
VALUES = st.recursive(
    PLAIN,
    lambda inner: st.one_of(
        st.lists(inner, max_size=2), st.dictionaries(st.sampled_from(KEYS), inner, max_size=4)
    ),
    max_leaves=6,
)
GOOD = (
    {"host": "alpha", "vms": {"vm1": "Up"}},
    {"host": "alpha", "push": {"vm1": "Paused"}},
    {"host": "alpha", "missed": "timeout"},
    {"event": "VmStateChanged", "vm": "vm1", "before": "Up", "after": "Down"},
    {"expect": "shut_down", "vm": "vm1"},
    {"restart": True},
    {"restart": "killed"},
    {"stall": 4},
    {"clock": -4000},
)
TABLES = st.fixed_dictionaries(
    {
        "stream": st.sampled_from(["vms", "hosts", "polls", "intents", "calm", "cal"]),
        "why": st.just("it is so"),
        "in": st.text("ab-|()#,", max_size=9),
        "out": st.text("ab-|()#,", max_size=9),
        "where": st.dictionaries(
            st.sampled_from("ab"), st.one_of(st.sampled_from(GOOD), VALUES), max_size=2
        ),
    },
    optional={
        "secs": st.sampled_from([1, 0.25, 30, 0, "x"]),
        "known": st.one_of(st.just({"vms": {"vm1": {"status": "Up", "run_on": "alpha"}}}), VALUES),
        "hosts": VALUES,
    },
)


@settings(max_examples=60, deadline=None)  # a slow machine is no flaw of an example
@given(tests=st.lists(TABLES, min_size=1, max_size=2))
def test_whatever_a_test_says_it_is_complained_of_or_run(tests: list[dict[str, Any]]) -> None:
    data = {
        "hosts": {"alpha": {"url": "vdsm://alpha.example"}},
        "streams": {"calm": {"from": "vms", "chain": [{"op": "settle", "secs": 2}]}},
        "test": tests,
    }
    with TemporaryDirectory() as directory:
        file = Path(directory) / "vurti.toml"
        file.write_text(tomli_w.dumps(data), encoding="utf-8")
        checked, complaints = read(file)
        assert all(one.where.startswith(f"{file}:") for one in complaints)
        for test in checked.tests if checked else ():
            verdict = run(test, checked.config)
            assert "vurti has a bug" not in verdict.difference
            assert verdict.passed or "^ at" in picture(verdict)


def read(file: Path) -> tuple[Checked | None, tuple[Complaint, ...]]:
    try:
        return load(file), ()
    except ConfigError as error:
        return None, error.complaints
