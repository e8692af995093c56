"""What users build their streams of events from: by hand in a `pipe`, or by name in a chain.

Each is a plain function that gives an operator; its state lives and dies with the subscription.
Those that take time take it from the scheduler of the subscription: the observables of an adapter
bring theirs.
"""

from vurti.streams.operators.changed import changed
from vurti.streams.operators.count import count
from vurti.streams.operators.dampen import dampen
from vurti.streams.operators.merge import merge
from vurti.streams.operators.only import only
from vurti.streams.operators.sample import sample
from vurti.streams.operators.set import set  # the name that chains call it by
from vurti.streams.operators.settle import settle
from vurti.streams.operators.split import split
from vurti.streams.operators.where import where
from vurti.streams.operators.window import window

__all__ = [
    "changed",
    "count",
    "dampen",
    "merge",
    "only",
    "sample",
    "set",
    "settle",
    "split",
    "where",
    "window",
]
