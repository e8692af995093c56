"""The catalogue: what each mark means, how bad it is, and how often it is told."""

from vurti.events.marks import Mark, Meaning, Severity

_E, _W = Severity.ERROR, Severity.WARNING
_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86_400.0

OF_VMS: dict[Mark, Meaning] = {
    Mark.MIGRATED: Meaning("its change of host rests on evidence of a hand-over"),
    Mark.CRASHED: Meaning("its run was lost, not ended", _E, lasting=True),
    Mark.REBOOTED: Meaning("its guest started anew", spec="USER_REBOOT_VM", lasting=True),
    Mark.WATCHDOG: Meaning("its watchdog fired", _W, "WATCHDOG_EVENT", lasting=True),
    Mark.SPLIT_BRAIN: Meaning("it runs on two hosts at once", _E, lasting=True),
    Mark.ENDED: Meaning("it ended as it should", spec="VM_DOWN"),
    Mark.ENDED_WITH_ERROR: Meaning("it ended with an error", _E, "VM_DOWN_ERROR", lasting=True),
    Mark.HOST_REBOOTED_UNDER_IT: Meaning(
        "its host rebooted under it",
        spec="VM_WAS_SET_DOWN_DUE_TO_HOST_REBOOT_OR_MANUAL_FENCE",
        lasting=True,
    ),
    Mark.MIGRATION_DONE: Meaning("an announced migration is done", spec="VM_MIGRATION_DONE"),
    Mark.MIGRATION_FAILED: Meaning("it stays at its source", _W, lasting=True),
    Mark.MIGRATION_ABORTED: Meaning(
        "it ended while it migrated", _E, "VM_MIGRATION_ABORT", lasting=True
    ),
    Mark.LOST_SIGHT: Meaning("its host does not answer", _W, "VM_SET_TO_UNKNOWN_STATUS"),
    Mark.RESTORED: Meaning("its host answers about it again", spec="VM_STATUS_RESTORED"),
    Mark.PAUSED: Meaning("it is paused", spec="VM_PAUSED"),
    Mark.PAUSED_ENOSPC: Meaning("paused for lack of disk space", _E, "VM_PAUSED_ENOSPC"),
    Mark.PAUSED_EIO: Meaning("paused by an I/O error", _E, "VM_PAUSED_EIO"),
    Mark.PAUSED_EPERM: Meaning("paused for lack of permission", _E, "VM_PAUSED_EPERM"),
    Mark.PAUSED_BY_OTHER_ERROR: Meaning("paused by another error", _E, "VM_PAUSED_ERROR"),
    Mark.RECOVERED_FROM_PAUSE_ERROR: Meaning(
        "it runs again after a pause by an error", spec="VM_RECOVERED_FROM_PAUSE_ERROR"
    ),
    Mark.NOT_RESPONDING: Meaning(
        "its monitor on the host does not answer", _W, "VM_NOT_RESPONDING"
    ),
    Mark.POWER_DOWN_FAILED: Meaning(
        "it runs on after it was asked to power down", _W, "VM_POWER_DOWN_FAILED"
    ),
    Mark.SUSPENDED: Meaning("its state was saved", spec="USER_SUSPEND_VM_OK"),
    Mark.SUSPEND_FAILED: Meaning(
        "its state could not be saved", _E, "USER_FAILED_SUSPEND_VM", lasting=True
    ),
    Mark.CONSOLE_CONNECTED: Meaning("another console client", spec="VM_CONSOLE_CONNECTED"),
    Mark.CONSOLE_DISCONNECTED: Meaning("no console client", spec="VM_CONSOLE_DISCONNECTED"),
    Mark.MEMORY_UNDER_GUARANTEE: Meaning(
        "it has less memory than is guaranteed to it",
        _E, "VM_MEMORY_UNDER_GUARANTEED_VALUE", 15 * _MINUTE, lasting=True,
    ),
    Mark.BALLOON_STUCK: Meaning(
        "its balloon does not move", _E, "VM_BALLOON_DRIVER_ERROR", 15 * _MINUTE, lasting=True
    ),
    Mark.BALLOON_UNCONTROLLED: Meaning(
        "its balloon moves and its guest agent is silent",
        _E, "VM_BALLOON_DRIVER_UNCONTROLLED", 15 * _MINUTE, lasting=True,
    ),
    Mark.HA_FAILED: Meaning(
        "it is highly available and was lost", _E, "HA_VM_FAILED", lasting=True
    ),
    Mark.COLD_REBOOTING: Meaning(
        "it is down to be started again", spec="COLD_REBOOT_VM_DOWN", lasting=True
    ),
}  # fmt: skip

OF_EXPECTATIONS: dict[Mark, Meaning] = {
    Mark.EXPECTATION_MET: Meaning("what was announced has come", lasting=True),
    Mark.EXPECTATION_FAILED: Meaning("what was announced cannot come any more", _W, lasting=True),
    Mark.EXPECTATION_EXPIRED: Meaning("what was announced did not come in time", _W, lasting=True),
    Mark.EXPECTATION_CANCELLED: Meaning("it is not waited for any more", lasting=True),
}

OF_CROSSINGS: dict[Mark, Meaning] = {
    Mark.LEFT_SCOPE: Meaning("it goes on in another scope"),
    Mark.JOINED_SCOPE: Meaning("it comes from another scope"),
}

OF_VDSS: dict[Mark, Meaning] = {
    Mark.DETECTED: Meaning("it was looked at, and its status is", spec="VDS_DETECTED"),
    Mark.CONNECTING: Meaning(
        "it does not answer", _W, "VDS_HOST_NOT_RESPONDING", 3 * _MINUTE
    ),
    Mark.CONNECTING_WITH_POWER_MANAGEMENT: Meaning(
        "it does not answer, and can be fenced", _W, "VDS_HOST_NOT_RESPONDING_CONNECTING"
    ),
    Mark.NON_RESPONSIVE: Meaning("it did not answer within its grace", _E, "VDS_FAILURE"),
    Mark.UNKNOWN_NAME: Meaning("its name does not resolve", _E, "VDS_UNKNOWN_HOST"),
    Mark.INITIALIZING: Meaning("its agent is recovering", _W, "VDS_INITIALIZING", 30.0),
    Mark.RECOVERY_FAILED: Meaning(
        "its agent did not recover in time", _E, "VDS_RECOVER_FAILED", _MINUTE
    ),
    Mark.NON_OPERATIONAL: Meaning(
        "it may not carry VMs", spec="VDS_SET_NONOPERATIONAL", window_secs=_MINUTE
    ),
    Mark.NETWORK_MISSING: Meaning(
        "it lacks a required network", _W, "VDS_SET_NONOPERATIONAL_NETWORK", _MINUTE
    ),
    Mark.REQUIRED_NIC_DOWN: Meaning(
        "an interface that carries a required network is down",
        _W, "VDS_SET_NONOPERATIONAL_IFACE_DOWN", _MINUTE,
    ),
    Mark.NETWORK_BRIDGELESS: Meaning(
        "a network of VMs has no bridge",
        _W, "VDS_SET_NON_OPERATIONAL_VM_NETWORK_IS_BRIDGELESS", _MINUTE,
    ),
    Mark.KVM_OFF: Meaning("it has no KVM", _E, "VDS_RUN_IN_NO_KVM_MODE"),
    Mark.CPU_LOWER_THAN_CLUSTER: Meaning(
        "its CPU lacks flags of its cluster", _W, "VDS_CPU_LOWER_THAN_CLUSTER"
    ),
    Mark.CPU_FLAGS_UNTOLD: Meaning("it tells no CPU flags", _W, "VDS_CPU_RETRIEVE_FAILED"),
    Mark.NX_FLAG_MISSING: Meaning("its CPU lacks the nx flag", _W, "CPU_FLAGS_NX_IS_MISSING"),
    Mark.CPU_UNSUPPORTED: Meaning(
        "no CPU model of its cluster fits it", _E, "CPU_TYPE_UNSUPPORTED_IN_THIS_CLUSTER_VERSION"
    ),
    Mark.ARCHITECTURE_DIFFERS: Meaning(
        "its architecture is another", _E, "VDS_ARCHITECTURE_NOT_SUPPORTED_FOR_CLUSTER"
    ),
    Mark.VERSION_UNSUPPORTED: Meaning(
        "its agent is of a version that is not supported",
        _E, "VDS_VERSION_NOT_SUPPORTED_FOR_CLUSTER",
    ),
    Mark.CLUSTER_LEVEL_UNSUPPORTED: Meaning(
        "it does not know the level of its cluster", _E, "VDS_CLUSTER_VERSION_NOT_SUPPORTED"
    ),
    Mark.FEATURE_MISSING: Meaning(
        "it lacks a feature of its cluster", _E, "HOST_FEATURES_INCOMPATIBILE_WITH_CLUSTER"
    ),
    Mark.EMULATED_MACHINE_MISSING: Meaning(
        "it does not emulate the machine of its cluster",
        _W, "EMULATED_MACHINES_INCOMPATIBLE_WITH_CLUSTER", _MINUTE,
    ),
    Mark.EMULATED_MACHINE_LEVEL_MISSING: Meaning(
        "it emulates no machine of its cluster's level",
        _W, "EMULATED_MACHINES_INCOMPATIBLE_WITH_CLUSTER_LEVEL", _MINUTE,
    ),
    Mark.DISTRIBUTIONS_MIXED: Meaning(
        "it is of another distribution than its cluster",
        _W, "MIXING_RHEL_VERSIONS_IN_CLUSTER", _MINUTE,
    ),
    Mark.RNG_SOURCE_MISSING: Meaning(
        "it lacks a source of randomness", _W, "RNG_SOURCES_INCOMPATIBLE_WITH_CLUSTER", _MINUTE
    ),
    Mark.SELINUX_NOT_ENFORCING: Meaning(
        "its SELinux does not enforce", _W, "VDS_NO_SELINUX_ENFORCEMENT", _HOUR, lasting=True
    ),
    Mark.HIGH_CPU: Meaning(
        "its CPUs are busy", _W, "VDS_HIGH_CPU_USE", 30 * _MINUTE, lasting=True
    ),
    Mark.HIGH_MEMORY: Meaning(
        "its memory is used up", _W, "VDS_HIGH_MEM_USE", 30 * _MINUTE, lasting=True
    ),
    Mark.LOW_MEMORY: Meaning(
        "it has little free memory", _W, "VDS_LOW_MEM", 30 * _MINUTE, lasting=True
    ),
    Mark.HIGH_SWAP: Meaning(
        "its swap space is used up", _W, "VDS_HIGH_SWAP_USE", 30 * _MINUTE, lasting=True
    ),
    Mark.LOW_SWAP: Meaning("it has little free swap", _W, "VDS_LOW_SWAP", _DAY, lasting=True),
    Mark.HIGH_NETWORK: Meaning(
        "an interface is busy", _W, "HOST_INTERFACE_HIGH_NETWORK_USE", 30 * _MINUTE, lasting=True
    ),
    Mark.NIC_UP: Meaning("an interface came up", spec="HOST_INTERFACE_STATE_UP", lasting=True),
    Mark.NIC_DOWN: Meaning(
        "an interface went down", _W, "HOST_INTERFACE_STATE_DOWN", lasting=True
    ),
    Mark.BOND_SLAVE_UP: Meaning(
        "a bond's slave came up", spec="HOST_BOND_SLAVE_STATE_UP", lasting=True
    ),
    Mark.BOND_SLAVE_DOWN: Meaning(
        "a bond's slave went down", _W, "HOST_BOND_SLAVE_STATE_DOWN", lasting=True
    ),
    Mark.LOW_DISK: Meaning(
        "a local disk is nearly full", _W, "VDS_LOW_DISK_SPACE", _HOUR, lasting=True
    ),
    Mark.CRITICAL_DISK: Meaning(
        "a local disk is full", _E, "VDS_LOW_DISK_SPACE_ERROR", 15 * _MINUTE, lasting=True
    ),
    Mark.CLOCK_DRIFT: Meaning(
        "its clock is not ours", _W, "VDS_TIME_DRIFT_ALERT", _HOUR, lasting=True
    ),
    Mark.MULTIPATH_FAULTY: Meaning(
        "paths to its storage are faulty", _W, "FAULTY_MULTIPATHS_ON_HOST", lasting=True
    ),
    Mark.MULTIPATH_WELL: Meaning(
        "all paths to its storage are well", spec="NO_FAULTY_MULTIPATHS_ON_HOST", lasting=True
    ),
    Mark.MULTIPATH_DEAD: Meaning(
        "a device of its storage has no path left",
        _W, "MULTIPATH_DEVICES_WITHOUT_VALID_PATHS_ON_HOST", lasting=True,
    ),
    Mark.HOST_REBOOTED: Meaning("it was booted anew", _W, lasting=True),
    Mark.JUDGEMENT_HELD: Meaning(
        "it does not answer, and vurti suspects itself", _W, None, 15 * _MINUTE, lasting=True
    ),
    Mark.NOT_LOOKED_AT: Meaning(
        "nothing was heard of it, good or bad, for long", _W, None, 15 * _MINUTE, lasting=True
    ),
}  # fmt: skip

CATALOGUE: dict[Mark, Meaning] = {
    **OF_VMS,
    **OF_EXPECTATIONS,
    **OF_CROSSINGS,
    **OF_VDSS,
}
LASTING = frozenset(mark for mark, meaning in CATALOGUE.items() if meaning.lasting)
EXPECTATION_ENDS = frozenset(OF_EXPECTATIONS)


def spec_names(marks: tuple[Mark, ...]) -> tuple[str, ...]:
    """The names that oVirt's audit log has for these, in their order."""
    names = (CATALOGUE[mark].spec for mark in marks)
    return tuple(name for name in names if name is not None)
