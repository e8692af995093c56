"""One host's step: it answered, a question was missed, a timer ran out, it is watched anew.

life         where each trigger leads from each status: the table that all of these run
moves        what it brings to arrive at a status
reload       hosts begin or cease to be watched (R1)
answered     a host answers: back to Up (R2)
capable      what it is made of: is it fit for its cluster? (`checks`, 5.A)
measured     how it is (`alerts`, `nics`, `numbers`, 5.B, 5.C), and `booted` anew?
missed       a question got no answer (R4 to R7, R11, R13)
grace        how long that is forgiven (§4)
holding      when nobody is judged, since vurti suspects itself (contract 13)
fencing      when a host should be fenced (3.A)
leases       VMs of a lost host that may be started elsewhere (13.4)
maintenance  a host is taken away and given back (R14, R15, R20)
recovery     a NonOperational host is tried again (R17); a host that nobody looks at (1.11)
"""

from vurti.decide.vds.answered import answered, listed, looks_first
from vurti.decide.vds.booted import looked_at_clock
from vurti.decide.vds.holding import suspected
from vurti.decide.vds.maintenance import announced
from vurti.decide.vds.missed import missed
from vurti.decide.vds.reload import reload
from vurti.decide.vds.wake import TICKS, wake

__all__ = [
    "TICKS",
    "announced",
    "answered",
    "listed",
    "looked_at_clock",
    "looks_first",
    "missed",
    "reload",
    "suspected",
    "wake",
]
