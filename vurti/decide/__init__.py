"""What a monitor concludes: `decide(view, input) -> Decision`, without a clock and without I/O.

A stranger finds a rule by its question: what happens when a VM vanishes from an answer is in
`vm/vanished.py`, when a host stops answering in `vds/missed.py`, which reports are too old to count
in `admit.py`, what makes a change of host a migration in `handover.py`.
Numbers such as "7.5" name the section of the public behaviour of the oVirt engine that a rule has.
"""

from vurti.decide.decide import decide
from vurti.decide.rules import Rules
from vurti.decide.view import Birth, View

__all__ = ["Birth", "Rules", "View", "decide"]
