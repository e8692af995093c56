"""The tests of the kit tell what was compared, as tests of our own do."""

import pytest

pytest.register_assert_rewrite("vurti.testing.sources", "vurti.testing.bench")
