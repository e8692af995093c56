"""The vocabulary of scenarios as typed models: a word that is not here is a mistake.

Which words were written is told by `model_fields_set`: `null` is a word, and none is not.
"""

from vurti.testing.scenarios.words.given import Expecting, Given, HostWords, NicWords, VmWords
from vurti.testing.scenarios.words.scenario import Scenario
from vurti.testing.scenarios.words.settings import ClusterWords, SettingWords
from vurti.testing.scenarios.words.steps import Report, Step
from vurti.testing.scenarios.words.then import UNCHANGED, UNKNOWN_TO_US, Then

__all__ = [
    "UNCHANGED",
    "UNKNOWN_TO_US",
    "ClusterWords",
    "Expecting",
    "Given",
    "HostWords",
    "NicWords",
    "Report",
    "Scenario",
    "SettingWords",
    "Step",
    "Then",
    "VmWords",
]
