"""One host's step: it answered, a question was missed, a timer ran out, it is watched anew.

reload       hosts begin or cease to be watched
answered     a host answers: back to Up (R2)
missed       a question got no answer (R4 to R7, R11, R13)
grace        how long that is forgiven (§4)
"""

from vurti.decide.vds.answered import answered, listed
from vurti.decide.vds.missed import TICKS, missed, wake
from vurti.decide.vds.reload import reload

__all__ = ["TICKS", "answered", "listed", "missed", "reload", "wake"]
