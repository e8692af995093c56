"""Stores in files of SQLite."""

from vurti.repository.database.sqlite.held_file import HeldFile
from vurti.repository.database.sqlite.memory import Memory
from vurti.repository.database.sqlite.other_file import OtherFile

__all__ = ["HeldFile", "Memory", "OtherFile"]
