"""What arrives: one step, one thing."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, Tag

from vurti.model import ExitReason, ExitStatus, Miss, PauseStatus, Suspected, VmStatus
from vurti.testing.scenarios.words.given import Announced
from vurti.testing.scenarios.words.plain import Text, Words, by_kind

StatsWord = Literal[
    "anonHugePages", "bootTime", "cpuIdle", "cpuLoad", "cpuStatistics", "cpuSys", "cpuSysVdsmd",
    "cpuUser", "cpuUserVdsmd", "dateTime", "diskStats", "elapsedTime", "haScore", "haStats",
    "hugepages", "incomingVmMigrations", "ksmCpu", "ksmPages", "ksmState", "memFree", "memShared",
    "memUsed", "momStatus", "multipathHealth", "netConfigDirty", "network", "numaNodeMemFree",
    "outgoingVmMigrations", "storageDomains", "swapFree", "swapTotal", "thpState", "v2vJobs",
    "vmActive", "vmCount", "vmMigrating",
]  # fmt: skip
CapsWord = Literal[
    "HBAInventory", "ISCSIInitiatorName", "additionalFeatures", "bondings", "bootTime", "boot_uuid",
    "bridges", "clusterLevels", "cpuCores", "cpuFlags", "cpuModel", "cpuSockets", "cpuSpeed",
    "cpuThreads", "emulatedMachines", "fips", "guestOverhead", "hooks", "hostdevPassthrough",
    "hugepages", "kdumpStatus", "kvmEnabled", "memSize", "netConfigDirty", "networks", "nics",
    "numaNodes", "onlineCpus", "operatingSystem", "packages2", "reservedMem", "rngSources",
    "selinux", "software_revision", "software_version", "supportedENGINEs", "tscFrequency", "uuid",
    "vlans", "vmTypes", "vncEncrypted",
]  # fmt: skip


class WatchdogWords(Words):
    """When it fired, in the host's own seconds, and what it did."""

    time: float | None = None
    action: str | None = None


class GuestNicWords(Words):
    """A network interface as the guest tells it."""

    name: str = ""
    mac: str = ""
    v4: tuple[str, ...] = ()
    v6: tuple[str, ...] = ()


class BalloonWords(Words):
    """A balloon, in KiB."""

    cur_kb: int | None = None
    max_kb: int | None = None
    target_kb: int | None = None
    min_kb: int | None = None


class WireJob(Words):
    """A job on a VM."""

    cur: int = 0
    end: int = 0


class WireDisk(Words):
    """A disk that is a LUN; `truesize` in the unit of the recorded `luns`."""

    lunGUID: str = ""  # noqa: N815  as the wire writes it
    truesize: int = 0


class Report(Words):
    """What a host says of one VM."""

    status: VmStatus | None = None
    status_text: str | None = None
    status_time: int | None = None
    name: Text | None = None
    pause_status: PauseStatus | None = None
    exit_status: ExitStatus | None = None
    exit_reason: ExitReason | int | None = None
    exit_message: Text | None = None
    monitor_response: int | None = None
    watchdog: WatchdogWords | None = None
    client_ip: str | None = None
    ip: str | None = None
    fqdn: str | None = None
    app_list: str | None = None
    guest_os: str | None = None
    guest_host_name: str | None = None
    guest_nics: tuple[GuestNicWords, ...] | None = None
    balloon: BalloonWords | None = None
    mem_usage: int | None = None
    cpu_user: float | None = None
    cpu_sys: float | None = None
    migration_progress: int | None = None
    migration_downtime: int | None = None
    hash: Text | None = None
    jobs: dict[str, WireJob] | None = Field(None, alias="vmJobs")
    disks: dict[str, WireDisk] | None = None


OneReport = Annotated[Annotated[Report, Tag("words")] | Annotated[int, Tag("word")], by_kind]
"""A number stands for something of the wrong shape."""


class AnswerDevice(Words):
    """One device of an answer to `devices`."""

    device: str
    address: Text = ""


class Step(Words):
    """Time passes; and one thing arrives at most."""

    at: float | None = None
    host: str | None = None
    poll: dict[str, OneReport] | None = None
    push: dict[str, OneReport] | None = None
    stats: dict[StatsWord, Any] | None = None
    caps: dict[CapsWord, Any] | None = None
    devices: dict[str, tuple[AnswerDevice, ...]] | None = None
    external_data: str | None = None
    missed: Literal["vms", "stats", "caps", "devices", "external_data", "any"] | None = None
    because: Miss = Miss.NETWORK
    started: float | None = None
    notify_time: int | None = None
    expect: Announced | None = None
    restart: bool = False
    database: Literal["fails", "works"] | None = None
    suspect: Suspected | None = None
    secs: float | None = Field(None, alias="for")
    by: float | None = None


OF_A_HOST = ("poll", "push", "stats", "caps", "devices", "external_data", "missed")
ARRIVING = (*OF_A_HOST, "expect", "restart", "database", "suspect")


def _one(step: Step) -> Step:
    said = [word for word in ARRIVING if word in step.model_fields_set]
    if len(said) > 1:
        raise ValueError(f"one thing arrives in one step: {' or '.join(said)}")
    if said and said[0] in OF_A_HOST and step.host is None:
        raise ValueError(f"host is missing: {said[0]} comes from one")
    return step


OneStep = Annotated[Step, AfterValidator(_one)]
