"""The statuses and reasons of hosts and VMs, under the names that the oVirt world gave them.

The text of a member is what logs, rows, configuration and NDJSON show.
"""

from enum import StrEnum


class VmStatus(StrEnum):
    """The seventeen statuses of a VM. Only a manager sets IMAGE_LOCKED and IMAGE_ILLEGAL; only
    vurti sets UNKNOWN; NOT_RESPONDING is derived from the age of the VM monitor's answer."""

    UNASSIGNED = "Unassigned"
    DOWN = "Down"
    UP = "Up"
    POWERING_UP = "PoweringUp"
    PAUSED = "Paused"
    MIGRATING_FROM = "MigratingFrom"
    MIGRATING_TO = "MigratingTo"
    UNKNOWN = "Unknown"
    NOT_RESPONDING = "NotResponding"
    WAIT_FOR_LAUNCH = "WaitForLaunch"
    REBOOT_IN_PROGRESS = "RebootInProgress"
    SAVING_STATE = "SavingState"
    RESTORING_STATE = "RestoringState"
    SUSPENDED = "Suspended"
    IMAGE_ILLEGAL = "ImageIllegal"
    IMAGE_LOCKED = "ImageLocked"
    POWERING_DOWN = "PoweringDown"


NOT_RUNNING = frozenset(
    {VmStatus.DOWN, VmStatus.SUSPENDED, VmStatus.IMAGE_ILLEGAL, VmStatus.IMAGE_LOCKED}
)
RUNNING = frozenset(
    {
        VmStatus.UP,
        VmStatus.POWERING_UP,
        VmStatus.MIGRATING_FROM,
        VmStatus.MIGRATING_TO,
        VmStatus.WAIT_FOR_LAUNCH,
        VmStatus.REBOOT_IN_PROGRESS,
        VmStatus.POWERING_DOWN,
    }
)


class VdsStatus(StrEnum):
    """The sixteen statuses of a host."""

    UNASSIGNED = "Unassigned"
    DOWN = "Down"
    MAINTENANCE = "Maintenance"
    UP = "Up"
    NON_RESPONSIVE = "NonResponsive"
    ERROR = "Error"
    INSTALLING = "Installing"
    INSTALL_FAILED = "InstallFailed"
    REBOOT = "Reboot"
    PREPARING_FOR_MAINTENANCE = "PreparingForMaintenance"
    NON_OPERATIONAL = "NonOperational"
    PENDING_APPROVAL = "PendingApproval"
    INITIALIZING = "Initializing"
    CONNECTING = "Connecting"
    INSTALLING_OS = "InstallingOS"
    KDUMPING = "Kdumping"


class NonOperationalReason(StrEnum):
    """Why a host that answers may not carry VMs. vurti concludes some of them; the others are a
    manager's."""

    NONE = "NONE"
    GENERAL = "GENERAL"
    CPU_TYPE_INCOMPATIBLE_WITH_CLUSTER = "CPU_TYPE_INCOMPATIBLE_WITH_CLUSTER"
    STORAGE_DOMAIN_UNREACHABLE = "STORAGE_DOMAIN_UNREACHABLE"
    NETWORK_UNREACHABLE = "NETWORK_UNREACHABLE"
    VERSION_INCOMPATIBLE_WITH_CLUSTER = "VERSION_INCOMPATIBLE_WITH_CLUSTER"
    KVM_NOT_RUNNING = "KVM_NOT_RUNNING"
    TIMEOUT_RECOVERING_FROM_CRASH = "TIMEOUT_RECOVERING_FROM_CRASH"
    VM_NETWORK_IS_BRIDGELESS = "VM_NETWORK_IS_BRIDGELESS"
    GLUSTER_COMMAND_FAILED = "GLUSTER_COMMAND_FAILED"
    GLUSTER_HOST_UUID_NOT_FOUND = "GLUSTER_HOST_UUID_NOT_FOUND"
    EMULATED_MACHINES_INCOMPATIBLE_WITH_CLUSTER = "EMULATED_MACHINES_INCOMPATIBLE_WITH_CLUSTER"
    UNTRUSTED = "UNTRUSTED"
    UNINITIALIZED = "UNINITIALIZED"
    CLUSTER_VERSION_INCOMPATIBLE_WITH_CLUSTER = "CLUSTER_VERSION_INCOMPATIBLE_WITH_CLUSTER"
    GLUSTER_HOST_UUID_ALREADY_EXISTS = "GLUSTER_HOST_UUID_ALREADY_EXISTS"
    ARCHITECTURE_INCOMPATIBLE_WITH_CLUSTER = "ARCHITECTURE_INCOMPATIBLE_WITH_CLUSTER"
    NETWORK_INTERFACE_IS_DOWN = "NETWORK_INTERFACE_IS_DOWN"
    RNG_SOURCES_INCOMPATIBLE_WITH_CLUSTER = "RNG_SOURCES_INCOMPATIBLE_WITH_CLUSTER"
    EMULATED_MACHINES_INCOMPATIBLE_WITH_CLUSTER_LEVEL = (
        "EMULATED_MACHINES_INCOMPATIBLE_WITH_CLUSTER_LEVEL"
    )
    MIXING_RHEL_VERSIONS_IN_CLUSTER = "MIXING_RHEL_VERSIONS_IN_CLUSTER"
    HOST_FEATURES_INCOMPATIBLE_WITH_CLUSTER = (
        "HOST_FEATURES_INCOMPATIBILE_WITH_CLUSTER"  # spelled so
    )
    LIBRBD_PACKAGE_NOT_AVAILABLE = "LIBRBD_PACKAGE_NOT_AVAILABLE"
    LIBVIRT_SECRETS_REGISTRATION_FAILURE = "LIBVIRT_SECRETS_REGISTRATION_FAILURE"
    VDS_CANNOT_CONNECT_TO_GLUSTERFS = "VDS_CANNOT_CONNECT_TO_GLUSTERFS"
    KUBEVIRT_NOT_SCHEDULABLE = "KUBEVIRT_NOT_SCHEDULABLE"
    HE_HOST_IN_NON_HE_CLUSTER = "HE_HOST_IN_NON_HE_CLUSTER"
    FIPS_INCOMPATIBLE_WITH_CLUSTER = "FIPS_INCOMPATIBLE_WITH_CLUSTER"
    CPU_TYPE_UNSUPPORTED_IN_THIS_CLUSTER_VERSION = "CPU_TYPE_UNSUPPORTED_IN_THIS_CLUSTER_VERSION"


class PauseStatus(StrEnum):
    """Why a VM is paused. EOTHER, EIO, ENOSPC and EPERM are errors; NOERR is somebody's wish."""

    NONE = "NONE"
    EOTHER = "EOTHER"
    EIO = "EIO"
    ENOSPC = "ENOSPC"
    EPERM = "EPERM"
    NOERR = "NOERR"
    POSTCOPY = "POSTCOPY"


PAUSED_BY_ERROR = frozenset(
    {PauseStatus.EOTHER, PauseStatus.EIO, PauseStatus.ENOSPC, PauseStatus.EPERM}
)


class ExitStatus(StrEnum):
    """How a VM ended."""

    NORMAL = "Normal"
    ERROR = "Error"
    UNKNOWN = "Unknown"


class ExitReason(StrEnum):
    """Why a VM ended, under the names of the vdsm API."""

    UNKNOWN = "Unknown"
    SUCCESS = "Success"
    GENERIC_ERROR = "GenericError"
    LOST_QEMU_CONNECTION = "LostQEMUConnection"
    LIBVIRT_START_FAILED = "LibvirtStartFailed"
    MIGRATION_SUCCEEDED = "MigrationSucceeded"
    SAVE_STATE_SUCCEEDED = "SaveStateSucceeded"
    ADMIN_SHUTDOWN = "AdminShutdown"
    USER_SHUTDOWN = "UserShutdown"
    MIGRATION_FAILED = "MigrationFailed"
    LIBVIRT_DOMAIN_MISSING = "LibvirtDomainMissing"
    DESTROYED_ON_STARTUP = "DestroyedOnStartup"
    HOST_SHUTDOWN = "HostShutdown"
    POSTCOPY_MIGRATION_FAILED = "PostcopyMigrationFailed"
    DESTROYED_ON_REBOOT = "DestroyedOnReboot"
    DESTROYED_ON_RESUME = "DestroyedOnResume"
