"""The parameters of judgement about hosts, as `[rules]` of the configuration has them."""

from pydantic import BaseModel, ConfigDict, Field


class VdsRules(BaseModel):
    """How long to wait before believing the worst of a host, and from where on it is told of. The
    defaults are those of oVirt, where it has the like."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    attempts_max: int = Field(2, ge=0)
    """So many failed questions in a row never make a host NonResponsive, however long they took."""

    grace_secs: float = Field(60, ge=0)
    """A host that answered within this time is Connecting, not NonResponsive."""

    grace_per_vm_secs: float = Field(0.5, ge=0)
    """Added to the grace for each VM on the host: a busy host answers later."""

    grace_spm_secs: float = Field(20, ge=0)
    """Added to the grace of a host that manages the storage of its pool."""

    recovery_secs: float = Field(180, gt=0)
    """A host agent that says it is still recovering may do so for this long (R12)."""

    server_reboot_secs: float = Field(600, gt=0)
    """A host whose reboot was announced may keep silent for this long (R20)."""

    capabilities_secs: float = Field(1200, ge=60)
    """An Up host is asked again what it is made of this often, at moments of its own (Q14)."""

    maintenance_retry_secs: float = Field(300, gt=0)
    """A host that prepares for maintenance in vain is to be emptied again this often (R15)."""

    maintenance_ignores_external_vms: bool = False
    """A host with none but external VMs may go into maintenance (3.B)."""

    auto_recovery: bool = True
    """A NonOperational host is tried again, where nothing speaks against it (R17)."""

    auto_recovery_secs: float = Field(300, gt=0)
    """It is tried this often."""

    nic_down_secs: float = Field(60, ge=0)
    """An interface under a required network may be down for this long (R10)."""

    cpu_percent_max: int = Field(95, ge=0, le=100)
    """A host whose CPUs are busier is told of."""

    network_percent_max: int = Field(95, ge=0, le=100)
    """An interface that is busier, either way, is told of."""

    swap_free_mb_min: int = Field(1024, ge=0)
    """A host with less than 0.98 of this free swap is told of, in MB."""

    swap_percent_max: int = Field(95, ge=0, le=100)
    """And so is one that uses more of its swap than this."""

    disk_free_mb_min: int = Field(100, ge=0)
    """A path of a host with no more free is told of, in MB."""

    disk_critical_mb_min: int = Field(100, ge=0)
    """And with no more than this it is told as an error."""

    clock_drift: bool = True
    """Hosts whose clocks are not ours are told of."""

    clock_drift_secs: float = Field(300, gt=0)
    """A clock may differ by this much."""

    boot_tolerance_secs: float = Field(30, ge=0)
    """The time at which a host was booted may move by this much without another boot."""

    stall_secs: float = Field(1200, gt=0)
    """A host of which nothing was heard nor missed for this long is told of (1.11)."""

    quiet_secs: float = Field(30, ge=0)
    """After the start, and after vurti suspected itself, no host is judged for this long."""

    fence_quiet_secs: float = Field(300, ge=0)
    """No fencing is asked for this soon after the start."""

    mass_loss_percent: int = Field(50, ge=1, le=100)
    """When so many of the hosts fall silent at once, it is vurti or its network that is suspected,
    and no host is judged."""

    mass_loss_hosts_min: int = Field(4, ge=1)
    """A fleet of fewer hosts is too small to suspect that."""

    self_stall_secs: float = Field(3, gt=0)
    """vurti suspects itself when it stood still for this long."""

    self_step_secs: float = Field(5, gt=0)
    """And when its wall clock was set by this much."""
