"""What is known before the first step."""

from typing import Annotated, Any

from pydantic import AfterValidator, Field

from vurti.model import ExitReason, ExitStatus, NonOperationalReason, PauseStatus, VdsStatus
from vurti.model import VmStatus as Status
from vurti.testing.scenarios.words.plain import Text, Words
from vurti.testing.scenarios.words.settings import SettingWords


class NicWords(Words):
    """A network interface of a host."""

    state: str | None = None
    networks: tuple[str, ...] | None = None
    slaves: tuple[str, ...] | None = None
    base: str | None = None
    speed: float | None = None
    rx_total: int | None = None
    rx_offset: int | None = None
    rx_rate: float | None = None
    tx_total: int | None = None
    tx_offset: int | None = None
    tx_rate: float | None = None
    sample_time: float | None = None


class HostWords(Words):
    """A host as it is recorded."""

    status: VdsStatus | None = None
    cluster: str | None = None
    lists_ended: bool | None = None
    failures: int | None = None
    last_ok: float | None = None
    vm_count: int | None = None
    spm: bool | None = None
    power_management: bool | None = None
    non_operational_reason: NonOperationalReason | None = None
    boot_id: Text | None = None
    boot_time: float | None = None
    cpu_flags: tuple[str, ...] | None = None
    os: str | None = None
    image_transfers: tuple[str, ...] | None = None
    physical_memory_mb: int | None = None
    hugepages_mb: int | None = None
    guest_overhead_mb: int | None = None
    committed_memory_mb: int | None = None
    committed_cores: int | None = None
    nics: dict[str, NicWords] | None = None


class DeviceWords(Words):
    """A device of a VM; `device` is its kind."""

    device: str
    managed: bool = False
    plugged: bool = True
    address: Text = ""


class JobWords(Words):
    """A job on a VM; `started` on the clock of the scenario."""

    cur: int = 0
    end: int = 0
    started: float | None = None


class VmNicWords(Words):
    """A network card that a VM is meant to have."""

    mac: str
    profile: str | None = None


class VmWords(Words):
    """A VM as it is recorded, and what its manager knows of it."""

    status: Status | None = None
    name: Text | None = None
    run_on: str | None = None
    migrating_to: str | None = None
    pause_status: PauseStatus | None = None
    exit_status: ExitStatus | None = None
    exit_reason: ExitReason | None = None
    exit_message: Text | None = None
    boot_time: float | None = None
    last_changed: float | None = None
    last_watchdog: float | None = None
    client_ip: str | None = None
    ip: str | None = None
    fqdn: str | None = None
    app_list: str | None = None
    guest_os: str | None = None
    guest_host_name: str | None = None
    device_hash: Text | None = None
    devices_at: float | None = None
    devices: tuple[DeviceWords, ...] | None = None
    jobs: dict[str, JobWords] | None = None
    luns: dict[str, int] | None = None
    cpu_percent: float | None = None
    migration_progress: int | None = None
    migration_downtime: int | None = None
    ha: bool | None = None
    priority: int | None = None
    lease: bool | None = None
    origin: str | None = None
    has_tpm: bool | None = None
    vcpus: int | None = None
    memory_mb: int | None = None
    min_memory_mb: int | None = None
    nics: tuple[VmNicWords, ...] | None = None


AWAITED = (
    "start", "shut_down", "power_off", "reboot", "cold_reboot", "suspend", "migrate", "job",
    "maintenance", "activate",
)  # fmt: skip


class Expecting(Words):
    """One announcement: exactly one of its first ten words, and what belongs to it."""

    start: str | None = None
    shut_down: str | None = None
    power_off: str | None = None
    reboot: str | None = None
    cold_reboot: str | None = None
    suspend: str | None = None
    migrate: str | None = None
    job: str | None = None
    maintenance: str | None = None
    activate: str | None = None
    host: str | None = None
    to: str | None = None
    of: str | None = None
    at: float | None = None
    secs: float | None = Field(None, alias="for")

    @property
    def awaited(self) -> str:
        """Its kind, as it is written."""
        return next(word for word in AWAITED if word in self.model_fields_set)


def _one(expecting: Expecting) -> Expecting:
    if len(expecting.model_fields_set.intersection(AWAITED)) != 1:
        raise ValueError(f"exactly one of {', '.join(AWAITED)} is announced")
    return expecting


Announced = Annotated[Expecting, AfterValidator(_one)]


class Given(Words):
    """The record, what is open, and the settings."""

    hosts: dict[str, HostWords] = Field(default_factory=dict)
    vms: dict[str, VmWords] = Field(default_factory=dict)
    expecting: tuple[Announced, ...] = ()
    settings: SettingWords = SettingWords()
    host_seen: bool = True

    def named(self) -> dict[str, Any]:
        """The hosts; A, B and C where none are named."""
        return dict(self.hosts) or {name: HostWords(status=VdsStatus.UP) for name in "ABC"}
