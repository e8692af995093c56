"""What users build their streams of events from: by hand in a `pipe`, or by name in a chain.

Each is a plain function that gives an operator; its state lives and dies with the subscription.
Those that take time take it from the scheduler of the subscription: the observables of an adapter
bring theirs.
"""

from vurti.streams.operators.only import only
from vurti.streams.operators.sample import sample
from vurti.streams.operators.settle import settle
from vurti.streams.operators.window import window

__all__ = ["only", "sample", "settle", "window"]
