"""What must follow. Only what is named is compared."""

import re
from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import AfterValidator, Tag

from vurti.events import CATALOGUE
from vurti.settings import way_out
from vurti.testing.scenarios.words.given import HostWords, VmWords
from vurti.testing.scenarios.words.plain import Words, by_kind

UNCHANGED: Literal["unchanged"] = "unchanged"
UNKNOWN_TO_US: Literal["unknown_to_us"] = "unknown_to_us"

OF_OTHERS = frozenset(
    {
        "CERTIFICATE_FILE_NOT_FOUND", "COLD_REBOOT_FAILED", "GLUSTER_COMMAND_FAILED",
        "EXCEEDED_MAXIMUM_NUM_OF_COLD_REBOOT_VM_ATTEMPTS",
        "EXCEEDED_MAXIMUM_NUM_OF_RESTART_HA_VM_ATTEMPTS", "HA_VM_RESTART_FAILED",
        "NETWORK_UPDATE_DISPLAY_FOR_HOST_WITH_ACTIVE_VM",
        "VDS_ALERT_FENCE_DISABLED_BY_CLUSTER_POLICY",
        "VDS_ALERT_FENCE_OPERATION_SKIPPED_BROKEN_CONNECTIVITY",
        "VDS_AUTO_FENCE_SKIPPED_DUE_TO_EXTERNAL_STATUS", "VDS_BROKER_COMMAND_FAILURE",
        "VDS_FAILED_TO_GET_HOST_HARDWARE_INFO", "VDS_NETWORKS_OUT_OF_SYNC", "VDS_RECOVER",
        "VDS_SET_NONOPERATIONAL_DOMAIN", "VDS_SET_NONOPERATIONAL_DOMAIN_FAILED",
        "VDS_SET_NONOPERATIONAL_FAILED", "VDS_SOFT_RECOVER", "VM_MIGRATION_FAILED",
        "VM_MIGRATION_TRYING_RERUN",
    }
)  # fmt: skip
"""Events of the specification that only somebody who acts upon hosts and VMs can emit."""

EVENT_NAMES = OF_OTHERS | {meaning.spec for meaning in CATALOGUE.values() if meaning.spec}
ACTS = ("restart", "rerun", "cold_reboot", "register", "migrate_away", "activate", "fence")
QUESTIONS = ("caps", "stats", "vms", "vm_stats")
OF_VMS = ("devices", "external_data")


def _event(text: str) -> str:
    name, _, thing = text.partition(" ")
    if name not in EVENT_NAMES:
        raise ValueError(f"no event has the name {name}: {way_out(name, EVENT_NAMES)}")
    return _named(text, thing)


def _intent(text: str) -> str:
    act, _, thing = text.partition(" ")
    if act not in (*ACTS, "destroy"):
        raise ValueError(f"nobody can be asked to {act}: {way_out(act, (*ACTS, 'destroy'))}")
    if act == "destroy" and not re.fullmatch(r"\S+ on \S+", thing):
        raise ValueError(f"a destroy names its host: {text} on …")
    return _named(text, thing)


def _query(text: str) -> str:
    question, _, thing = text.partition(" ")
    if question not in (*QUESTIONS, *OF_VMS):
        raise ValueError(f"no question is {question}: {way_out(question, (*QUESTIONS, *OF_VMS))}")
    return _named(text, thing)


def _named(text: str, thing: str) -> str:
    if not thing.strip():
        raise ValueError(f"it is about nothing: {text} …")
    return text


def _words(check: Callable[[str], str]) -> AfterValidator:
    return AfterValidator(lambda texts: texts and tuple(check(text) for text in texts))


Events = Annotated[tuple[str, ...] | None, _words(_event)]
Intents = Annotated[tuple[str, ...] | None, _words(_intent)]
Queries = Annotated[tuple[str, ...] | None, _words(_query)]
Things = tuple[str, ...] | None


OneWord = Annotated[Literal["unchanged", "unknown_to_us"], Tag("word")]
VmThen = Annotated[Annotated[VmWords, Tag("words")] | OneWord, by_kind]
HostThen = Annotated[Annotated[HostWords, Tag("words")] | OneWord, by_kind]


class Then(Words):
    """What is compared after the last step, or after one."""

    vms: dict[str, VmThen] | None = None
    hosts: dict[str, HostThen] | None = None
    events: Events = None
    never: Events = None
    intents: Intents = None
    never_intents: Intents = None
    queries: Queries = None
    never_queries: Queries = None
    met: Things = None
    failed: Things = None
    open: Things = None
    state_written: Things = None
    statistics_written: Things = None
    zeroed: Things = None
    stale: Things = None
    next_at: float | None = None
