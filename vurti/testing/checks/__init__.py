"""The tests that a configuration has of its own streams: `[[test]]` tables, drawn as marbles.

`load` reads a file with its tests, `run` plays one of them in virtual time through the adapter that
production builds from this very configuration, and `lines` draws what went wrong. `vurti check` and
the pytest plug-in are made of these; docs/testing.md has the format.
"""

from vurti.testing.checks.given import Check
from vurti.testing.checks.load import Checked, load
from vurti.testing.checks.picture import picture
from vurti.testing.checks.report import as_json, lines, summary
from vurti.testing.checks.run import run, run_all
from vurti.testing.checks.verdict import Verdict

__all__ = [
    "Checked",
    "Check",
    "Verdict",
    "as_json",
    "lines",
    "load",
    "picture",
    "run",
    "run_all",
    "summary",
]
