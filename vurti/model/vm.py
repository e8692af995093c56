"""What is known of one VM: its state, and apart from it what moves with every sample."""

from msgspec import Struct

from vurti.model.status import ExitReason, ExitStatus, PauseStatus, VmStatus


class Guest(Struct, frozen=True, gc=False):
    """What the guest and its console told. None is what was never told.

    `client_ip` is the console's client, empty where none is connected. `ip` is every address that
    counts, IPv4 before IPv6, joined by blanks. `app_list` is joined by commas.
    """

    host_name: str | None = None
    fqdn: str | None = None
    ip: str | None = None
    os: str | None = None
    app_list: str | None = None
    client_ip: str | None = None


UNTOLD = Guest()


class VmDevice(Struct, frozen=True, gc=False):
    """One device. `kind` is its type, such as `disk`; `managed` that a manager gave it an id."""

    kind: str
    id: str = ""
    managed: bool = False
    plugged: bool = True
    address: str = ""
    alias: str = ""


class Hardware(Struct, frozen=True, gc=False):
    """What a VM is made of. `hash` is its host's hash of the devices when they were asked for; None
    where they never were. `luns` are (id, size in GiB)."""

    hash: str | None = None
    devices: tuple[VmDevice, ...] = ()
    luns: tuple[tuple[str, int], ...] = ()


BARE = Hardware()


class Vm(Struct, frozen=True, gc=False):
    """The state of one VM. `status` and `run_on` are its heart; the rest explains them.

    `run_on` is the host that holds it, None where none does; `migrating_to` the host that it is
    being handed to. The exit fields tell how it last ended and mean nothing while it runs.
    `last_watchdog` is when its watchdog last fired, in the host's own seconds; `boot_time` is when
    it was seen to begin its run, in seconds since 1970, None where that was not seen.
    """

    id: str
    name: str = ""
    status: VmStatus = VmStatus.UNASSIGNED
    run_on: str | None = None
    migrating_to: str | None = None
    pause_status: PauseStatus = PauseStatus.NONE
    exit_status: ExitStatus | None = None
    exit_reason: ExitReason | None = None
    exit_message: str = ""
    boot_time: float | None = None
    last_watchdog: float | None = None
    guest: Guest = UNTOLD
    hardware: Hardware = BARE


class Balloon(Struct, frozen=True, gc=False):
    """A VM's memory balloon, all in KiB: as it is, at most, as it should be, and at least."""

    current_kb: int
    max_kb: int
    target_kb: int
    min_kb: int


class VmStatistics(Struct, frozen=True, gc=False):
    """One sample of a VM. None is what its host did not tell. Counters only ever grow during a run.

    `cpu_percent` is of all its vCPUs together, 0 to 100; `cpu_user_percent` and `cpu_sys_percent`
    are of one CPU of the host; `memory_percent` is what its guest uses; memory in KiB; traffic in
    bytes. The progress of a migration, in percent, and its downtime, in ms, come by pushes only.
    """

    cpu_percent: float | None = None
    cpu_time_ns: int | None = None
    vcpus: int | None = None
    memory_kb: int | None = None
    memory_max_kb: int | None = None
    rss_kb: int | None = None
    disk_read_bytes: int | None = None
    disk_write_bytes: int | None = None
    net_rx_bytes: int | None = None
    net_tx_bytes: int | None = None
    cpu_user_percent: float | None = None
    cpu_sys_percent: float | None = None
    memory_percent: float | None = None
    balloon: Balloon | None = None
    migration_progress: int | None = None
    migration_downtime_ms: int | None = None


ENDED = VmStatistics(cpu_percent=0.0)
"""The sample of a VM that does not run any more."""
