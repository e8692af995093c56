"""The words of a `[[test]]` table and of its values. What stands for records is checked apart."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from vurti.config import VmSettings
from vurti.model import (
    Absence,
    Awaited,
    ExitReason,
    ExitStatus,
    IntentKind,
    IntentState,
    Miss,
    PauseStatus,
    Question,
    VmStatus,
)


class Words(BaseModel):
    """A table of which only these keys are words."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=True, populate_by_name=False
    )


class CheckWords(Words):
    """A marble test of one stream."""

    stream: str
    """The stream that is tested: `polls`, `hosts`, `vms`, `intents`, or one of `[streams.NAME]`."""

    why: str = Field(min_length=1)
    """What must be so, as a sentence that can be false: it is the test's name."""

    given: str = Field("", alias="in")
    """What comes in, as a diagram: `-` is nothing, a name a value of `where`, `(ab)` several at
    once, `|` the end of vurti's run."""

    told: str = Field(alias="out")
    """What the stream must say, on the same scale."""

    secs: float = Field(1.0, gt=0, le=86_400)
    """How many seconds one character lasts."""

    hosts: list[str] = []
    """Hosts that are watched besides those that the values name."""

    link: str = ""
    """Where more can be read about it."""

    known: dict[str, Any] = {}
    """What vurti knows before: `hosts` and `vms`, by their ids."""

    where: dict[str, Any] = {}
    """What the names in the diagrams stand for, each a table."""


class KnownVm(VmSettings):
    """A VM that is known, and what its manager knows of it."""

    status: VmStatus = VmStatus.UP
    """How it is."""

    run_on: str | None = None
    """The host that holds it."""

    migrating_to: str | None = None
    """The host that it is being handed to."""

    name: str = ""
    """Its name."""

    pause_status: PauseStatus = PauseStatus.NONE
    """Why it is paused."""

    exit_status: ExitStatus | None = None
    """How it ended."""

    exit_reason: ExitReason | None = None
    """Why it ended."""


class PollWords(Words):
    """A host answers which VMs it has."""

    host: str
    """Who answers."""

    vms: dict[str, Any]
    """All its VMs: a status, or a table of what it says of one. Who is not here is absent."""

    complete: bool = True
    """Only a complete answer proves that a VM is absent."""

    absence: Absence | None = None
    """What it means that a VM is absent; without it, as the host's source has it."""

    unreadable: tuple[str, ...] = ()
    """VMs that are listed but could not be understood."""

    asked_secs: float = Field(0.0, ge=0)
    """How many seconds before its answer the question had left."""


class PushWords(Words):
    """A host says something of some VMs by itself."""

    host: str
    """Who speaks."""

    push: dict[str, Any]
    """The VMs: a status, or a table of what is said of one."""

    notify_time: int | None = None
    """The host's own clock, in ms."""

    absence: Absence | None = None
    """What absence means on this host; without it, as its source has it."""


class MissedWords(Words):
    """A question to a host gets no answer."""

    host: str
    """Who does not answer."""

    missed: Miss
    """Why not."""

    question: Question = Question.VMS
    """What was asked."""

    reason: str = ""
    """The reason in words."""

    asked_secs: float = Field(0.0, ge=0)
    """How many seconds before that the question had left."""


class CapabilitiesWords(Words):
    """A host answers what it is made of."""

    host: str
    """Who answers."""

    caps: dict[str, Any]
    """Fields of model.VdsCapabilities; what is left out is not told."""


class StatisticsWords(Words):
    """A host answers how it is."""

    host: str
    """Who answers."""

    stats: dict[str, Any]
    """Fields of model.VdsStatistics; what is left out is not told."""


class SamplesWords(Words):
    """A host answers how its VMs are."""

    host: str
    """Who answers."""

    samples: dict[str, dict[str, Any]]
    """VMs, each with fields of model.VmStatistics."""


class DevicesWords(Words):
    """A host answers what VMs are made of."""

    host: str
    """Who answers."""

    devices: dict[str, list[dict[str, Any]]]
    """VMs, each with its devices: tables with fields of model.VmDevice."""


class RawWords(Words):
    """A host's own words, as they came over the wire, through the decoder that production has."""

    host: str
    """Who answers."""

    raw: str
    """The text: JSON, or XML from `vdsm_xmlrpc`."""

    question: Question = Question.VMS
    """What was asked."""

    pushed: bool = False
    """Nobody asked: the host said it by itself."""

    source: Literal["vdsm", "vdsm_xmlrpc", "json"] | None = None
    """Whose words they are; without it, those of the source that the host's URL names."""


class ExpectWords(Words):
    """An embedder announces what it is about to do to a VM or host."""

    expect: Awaited
    """What is announced."""

    vm: str | None = None
    """The VM that it is about."""

    host: str | None = None
    """The host that it is about; of a VM, where it is started or migrated to."""

    job: str | None = None
    """The id of an announced job."""

    secs: float | None = Field(None, gt=0)
    """So long it may take; without it, the usual time."""


class CancelWords(Words):
    """An embedder does not wait any more."""

    cancel: str
    """The name of the announcement in the diagram."""


class RestartWords(Words):
    """vurti ends, and starts again from its store."""

    restart: Literal[True, "killed"]
    """true: it ends in order; "killed": what it had not stored yet is lost."""


class StallWords(Words):
    """vurti's own process stands still."""

    stall: float = Field(gt=0)
    """For so many seconds."""


class ClockWords(Words):
    """The wall clock of vurti's machine is set."""

    clock: float
    """By so many seconds."""


class IntentWords(Words):
    """What a manager should do, or should not do any more."""

    intent: IntentKind
    """The act."""

    vm: str | None = None
    """The VM that it is about."""

    host: str | None = None
    """The host that it is about; of a VM, where it is to be destroyed."""

    state: IntentState = IntentState.OPEN
    """`open`, or how it ended."""


class EventWords(Words):
    """An event: its kind, and what is named of it. Besides these it may have any of its fields."""

    model_config = ConfigDict(extra="allow")

    event: str
    """Its kind, such as `VmStateChanged`."""

    vm: str = ""
    """The VM that it is about."""

    host: str = ""
    """The host that it is about; of a VM's event, the one that told."""

    before: str | dict[str, Any] = "none"
    """A status, `none`, or a table of fields of the record before it."""

    after: str | dict[str, Any] = "none"
    """The same after it."""

    marks: tuple[str, ...] = ()
    """Marks that it must have."""

    reason: str = ""
    """Why, in words; `*` is anything."""

    rule: str = ""
    """The rule that decided."""
