"""What prepared hosts count, in memory that is shared with whoever started them."""

from ctypes import Array, c_uint64

WHOLE, BYTES, OTHER, CONNECTIONS = range(4)
"""Places of what is counted: answers about all VMs, bytes of all answers, other answers, and
connections made."""

Counted = Array[c_uint64]
