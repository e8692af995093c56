"""HTTP that vurti asks or tells by requests: whom it trusts, how it is cut off, what went wrong."""

from vurti.outgoing.adapter import Adapter
from vurti.outgoing.context import client_context
from vurti.outgoing.reason import causes, reason_of

__all__ = ["Adapter", "causes", "client_context", "reason_of"]
