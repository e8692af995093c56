"""The dispatch of §7: which question a word about a VM answers."""

from vurti.decide.vm.appeared import appeared
from vurti.decide.vm.at_home import at_home
from vurti.decide.vm.elsewhere import elsewhere
from vurti.decide.vm.step import Case, Steps
from vurti.decide.vm.unmanaged import unmanaged
from vurti.decide.vm.vanished import vanished
from vurti.decide.vm.went_down import went_down
from vurti.model import Origin, Vm, VmReport, VmStatus


def decide_vm(case: Case) -> Steps:
    """What follows for one VM from one word about it."""
    match case.known, case.report:
        case _, None:
            return vanished(case)
        case None, _:
            return appeared(case)
        case _ if case.meant.origin is Origin.HOSTED_ENGINE:
            return unmanaged(case)
        case _, VmReport(status=VmStatus.DOWN):
            return went_down(case)
        case Vm(run_on=home), _ if home != case.word.host:
            return elsewhere(case)
        case _:
            return at_home(case)
