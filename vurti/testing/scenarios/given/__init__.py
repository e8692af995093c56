"""From what is given to a fold that knows just that, and has run for a while."""

from vurti.testing.scenarios.given.fold import begun
from vurti.testing.scenarios.given.promises import expect

__all__ = ["begun", "expect"]
