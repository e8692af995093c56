"""What an event is known to contain besides the difference of its ends: the catalogue of marks."""

from enum import StrEnum

from msgspec import Struct


class Severity(StrEnum):
    """How bad it is."""

    NORMAL = "normal"
    WARNING = "warning"
    ERROR = "error"


class Mark(StrEnum):
    """Something that happened to a VM or a host. `catalogue` has what each means."""

    # of VMs
    MIGRATED = "migrated"
    CRASHED = "crashed"
    REBOOTED = "rebooted"
    WATCHDOG = "watchdog"
    SPLIT_BRAIN = "split_brain"
    ENDED = "ended"
    ENDED_WITH_ERROR = "ended_with_error"
    HOST_REBOOTED_UNDER_IT = "host_rebooted_under_it"
    MIGRATION_DONE = "migration_done"
    MIGRATION_FAILED = "migration_failed"
    MIGRATION_ABORTED = "migration_aborted"
    LOST_SIGHT = "lost_sight"
    RESTORED = "restored"
    PAUSED = "paused"
    PAUSED_ENOSPC = "paused_enospc"
    PAUSED_EIO = "paused_eio"
    PAUSED_EPERM = "paused_eperm"
    PAUSED_BY_OTHER_ERROR = "paused_by_other_error"
    RECOVERED_FROM_PAUSE_ERROR = "recovered_from_pause_error"
    NOT_RESPONDING = "not_responding"
    POWER_DOWN_FAILED = "power_down_failed"
    SUSPENDED = "suspended"
    SUSPEND_FAILED = "suspend_failed"
    CONSOLE_CONNECTED = "console_connected"
    CONSOLE_DISCONNECTED = "console_disconnected"
    MEMORY_UNDER_GUARANTEE = "memory_under_guarantee"
    BALLOON_STUCK = "balloon_stuck"
    BALLOON_UNCONTROLLED = "balloon_uncontrolled"
    HA_FAILED = "ha_failed"
    COLD_REBOOTING = "cold_rebooting"
    # of VMs and hosts that go from one scope to another
    LEFT_SCOPE = "left_scope"
    JOINED_SCOPE = "joined_scope"
    # of expectations, of VMs and hosts
    EXPECTATION_MET = "expectation_met"
    EXPECTATION_FAILED = "expectation_failed"
    EXPECTATION_EXPIRED = "expectation_expired"
    EXPECTATION_CANCELLED = "expectation_cancelled"
    # of hosts
    DETECTED = "detected"
    CONNECTING = "connecting"
    CONNECTING_WITH_POWER_MANAGEMENT = "connecting_with_power_management"
    NON_RESPONSIVE = "non_responsive"
    UNKNOWN_NAME = "unknown_name"
    INITIALIZING = "initializing"
    RECOVERY_FAILED = "recovery_failed"
    NON_OPERATIONAL = "non_operational"
    NETWORK_MISSING = "network_missing"
    REQUIRED_NIC_DOWN = "required_nic_down"
    NETWORK_BRIDGELESS = "network_bridgeless"
    KVM_OFF = "kvm_off"
    CPU_LOWER_THAN_CLUSTER = "cpu_lower_than_cluster"
    CPU_FLAGS_UNTOLD = "cpu_flags_untold"
    NX_FLAG_MISSING = "nx_flag_missing"
    CPU_UNSUPPORTED = "cpu_unsupported"
    ARCHITECTURE_DIFFERS = "architecture_differs"
    VERSION_UNSUPPORTED = "version_unsupported"
    CLUSTER_LEVEL_UNSUPPORTED = "cluster_level_unsupported"
    FEATURE_MISSING = "feature_missing"
    EMULATED_MACHINE_MISSING = "emulated_machine_missing"
    EMULATED_MACHINE_LEVEL_MISSING = "emulated_machine_level_missing"
    DISTRIBUTIONS_MIXED = "distributions_mixed"
    RNG_SOURCE_MISSING = "rng_source_missing"
    SELINUX_NOT_ENFORCING = "selinux_not_enforcing"
    HIGH_CPU = "high_cpu"
    HIGH_MEMORY = "high_memory"
    LOW_MEMORY = "low_memory"
    HIGH_SWAP = "high_swap"
    LOW_SWAP = "low_swap"
    HIGH_NETWORK = "high_network"
    NIC_UP = "nic_up"
    NIC_DOWN = "nic_down"
    BOND_SLAVE_UP = "bond_slave_up"
    BOND_SLAVE_DOWN = "bond_slave_down"
    LOW_DISK = "low_disk"
    CRITICAL_DISK = "critical_disk"
    CLOCK_DRIFT = "clock_drift"
    MULTIPATH_FAULTY = "multipath_faulty"
    MULTIPATH_WELL = "multipath_well"
    MULTIPATH_DEAD = "multipath_dead"
    HOST_REBOOTED = "host_rebooted"
    JUDGEMENT_HELD = "judgement_held"
    NOT_LOOKED_AT = "not_looked_at"


class Meaning(Struct, frozen=True, gc=False):
    """One row of the catalogue. `spec` is the name in oVirt's audit log, None where it has none;
    within `window_secs` the same mark of the same thing is not told again. `lasting`: it is news
    even where the thing came back to where it began, and no sum leaves it out (contract 6)."""

    words: str
    severity: Severity = Severity.NORMAL
    spec: str | None = None
    window_secs: float = 0.0
    lasting: bool = False
