"""The sinks: ways out for what is committed, each by itself. docs/sinks.md."""

from vurti.sinks.delivery import Delivery
from vurti.sinks.parts import Table, Wired
from vurti.sinks.registry import GROUP, SinkError, kind_named, kinds
from vurti.sinks.sinks import INTENTS, STREAMS, Sinks
from vurti.streams.sink import Item, Later, Outcome, Over, Sink, SinkKind, SinkSettings, Taken
from vurti.streams.sink import Unreadable as Unreadable

__all__ = [
    "Delivery", "GROUP", "INTENTS", "Item", "Later", "Outcome", "Over", "STREAMS", "Sink",
    "SinkError", "SinkKind", "SinkSettings", "Sinks", "Table", "Taken", "Unreadable", "Wired",
    "kind_named", "kinds",
]  # fmt: skip
