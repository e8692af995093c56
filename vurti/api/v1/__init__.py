"""The API for programs: what is stored and how vurti itself does, as JSON under /api/v1."""

from vurti.api.v1.app import make_app
from vurti.api.v1.served import Served

__all__ = ["Served", "make_app"]
