"""Configuration as TOML: a tree that remembers where each key stands, and its binding to models.

This room knows no key: which there are, each room says in a pydantic model of its own.
"""

from vurti.settings.bind import bind
from vurti.settings.nearest import nearest, way_out
from vurti.settings.positions import Path, positions
from vurti.settings.read import is_as_read, read
from vurti.settings.secret import Secret
from vurti.settings.tree import Place, Tree, dotted

__all__ = [
    "Path",
    "Place",
    "Secret",
    "Tree",
    "bind",
    "dotted",
    "is_as_read",
    "nearest",
    "positions",
    "read",
    "way_out",
]
