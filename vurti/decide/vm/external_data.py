"""A VM with a TPM has ended: its TPM and NVRAM data are fetched before it is closed (§7.3).

Once a manager destroys what is left of it, they are gone. So the end is held back until the data
came, until fetching failed three times, or until that took too long.
"""

from msgspec.structs import replace

from vurti.decide.view import Held
from vurti.decide.vm.step import Case, Step, Steps
from vurti.model import Question

HELD = "held"
TRIES_MAX = 3


def is_owed(case: Case) -> bool:
    """Its data must be asked for, or was, and the answer is still to come. Hosts that keep
    definitions keep the data as well."""
    held, report = case.memory.held, case.said
    concluded = held is not None and held.report is report and held.tries >= TRIES_MAX
    return case.meant.has_tpm and case.lists_ended and not concluded


def held(case: Case) -> Steps:
    """Ask for the data, and remember how it ended until then."""
    past, host = case.memory.held, case.word.host
    tries = past.tries if past is not None else 0
    memory = replace(case.memory, held=Held(host, case.said, tries))
    due = case.word.at + case.rules.external_data_secs
    timers = ((HELD, due),) if past is None else ()
    questions = (Question.EXTERNAL_DATA,)
    return (Step("7.3 external data first", memory=memory, timers=timers, questions=questions),)


def failed_once_more(case: Case) -> Steps:
    """The data could not be fetched; the next report of the end asks again (§7.3)."""
    past = case.memory.held
    assert past is not None
    memory = replace(case.memory, held=replace(past, tries=past.tries + 1))
    return (Step("7.3 external data missed", memory=memory),)
