"""One VM's step: what a host said of it, did not say, or what became of waiting. First match wins.

The dispatch is the table of §7; each arm is a file whose name is the question that one asks:
    appeared     a VM that nobody knew is named
    unmanaged    the VM that runs the manager itself is named
    went_down    a host says that it ended there
    elsewhere    a host names it that is not the one recorded
    at_home      its own host says how it is
    vanished     a complete answer of its host does not have it
and beside them:
    handover     who holds a VM that two hosts speak of
    closing      the end of a run, and what should be done about it
    waiting      a timer of the VM came due
    external_data, guest, hardware, jobs     what else is told of it
"""

from vurti.decide.vm.decide import decide_vm
from vurti.decide.vm.hear import SILENT, data_missed, data_told, hear, miss, wake, works

__all__ = ["SILENT", "data_missed", "data_told", "decide_vm", "hear", "miss", "wake", "works"]
