"""The tests of patched_worker.py, each as one of its own."""

from pathlib import Path

import pytest

from tests.patched import facts, hold

pytest.importorskip("psycopg")
pytestmark = pytest.mark.postgres

FILE = Path(__file__).with_name("patched_worker.py")


@facts(FILE)
def test_in_a_patched_process(fact: str, postgres: object) -> None:
    hold(FILE, fact)
