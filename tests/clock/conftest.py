from collections.abc import Iterator

import pytest
from loguru import logger


@pytest.fixture
def logged() -> Iterator[list[str]]:
    """The log lines of vurti while the test runs."""
    lines: list[str] = []
    logger.enable("vurti")
    sink = logger.add(lines.append, format="{level} {message}", level=0)
    yield lines
    logger.remove(sink)
