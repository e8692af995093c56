"""A decision in the making. It reads what it has already decided before it reads the view."""

from vurti.decide.draft.draft import Draft

__all__ = ["Draft"]
