"""Polls below, pushes above: the fleet as named Rx streams."""

from vurti.adapter.parts import Parts, Store, Writing
from vurti.adapter.push_adapter import PushAdapter

__all__ = ["Parts", "PushAdapter", "Store", "Writing"]
