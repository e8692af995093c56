"""Scenarios: what is known, what arrives, what must follow, as language-neutral data in YAML files.

`load` reads files, `run` drives the public functions of `decide` by one scenario in virtual time
and compares only what it names. `python -m vurti.testing.scenarios FILE…` does both;
docs/scenarios.md has the format. It needs PyYAML: `pip install vurti[scenarios]`.
"""

from vurti.testing.scenarios.load import Loaded, load
from vurti.testing.scenarios.report import lines, summary
from vurti.testing.scenarios.run import Result, Verdict, run

__all__ = ["Loaded", "Result", "Verdict", "lines", "load", "run", "summary"]
