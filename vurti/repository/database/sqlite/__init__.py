"""Stores in files of SQLite."""
