"""For all tests."""

import pytest

# Before anything imports them: what fails in a kit is shown like what fails in a test.
pytest.register_assert_rewrite("vurti.testing.sources", "vurti.testing.bench")
