"""What is known of one VM: its state, and apart from it what moves with every sample."""

from msgspec import Struct

from vurti.model.status import ExitReason, ExitStatus, PauseStatus, VmStatus


class Vm(Struct, frozen=True, gc=False):
    """The state of one VM. `status` and `run_on` are its heart; the rest explains them.

    `run_on` is the host that holds it, None where none does; `migrating_to` the host that it is
    being handed to. The exit fields tell how it last ended and mean nothing while it runs.
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


class VmStatistics(Struct, frozen=True, gc=False):
    """One sample of a VM. None is what its host did not tell. Counters only ever grow during a run.

    `cpu_percent` is of all its vCPUs together, 0 to 100; memory in KiB; traffic in bytes.
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
