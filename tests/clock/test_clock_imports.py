"""Virtual time, streams and the kit work where gevent is not loaded, and so not patched."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    "module",
    ["vurti.clock", "vurti.clock.virtual_clock", "vurti.streams.chain", "vurti.testing"],
)
def test_only_the_real_clock_loads_gevent(module: str) -> None:
    program = f"import sys, {module}; sys.exit('gevent' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
