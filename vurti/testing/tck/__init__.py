"""What every operator, mailbox and live stream must keep to, whatever comes in and whenever.

In the manner of the kit of Reactive Streams: rules, checked by histories that hypothesis draws and
shortens, in virtual time. An operator of your own is checked by one line in a test:

    check_operator(lambda: my_operator(3))

docs/testing.md has the rules. It needs hypothesis, which vurti itself does not.
"""

from vurti.testing.tck.drawing import steps
from vurti.testing.tck.history import End, History, Move, Walk, histories
from vurti.testing.tck.mailbox import Take, box_faults, check_mailbox
from vurti.testing.tck.operators import (
    Join,
    Trial,
    check_entry,
    check_operator,
    faults,
    promised,
)
from vurti.testing.tck.record import ALWAYS, WHOLE, Fault, Rule, Said, Spy
from vurti.testing.tck.streams import (
    BEHIND_STREAMS,
    Joins,
    Kind,
    check_stream,
    live_stream,
    stream_faults,
)

__all__ = [
    "ALWAYS",
    "BEHIND_STREAMS",
    "WHOLE",
    "End",
    "Fault",
    "History",
    "Join",
    "Joins",
    "Kind",
    "Move",
    "Rule",
    "Said",
    "Spy",
    "Take",
    "Trial",
    "Walk",
    "box_faults",
    "check_entry",
    "check_mailbox",
    "check_operator",
    "check_stream",
    "faults",
    "histories",
    "live_stream",
    "promised",
    "steps",
    "stream_faults",
]
