"""Settings by the names that the specification has for them. The names of the fields are ours."""

from typing import Any, Literal

from pydantic import Field

from vurti.testing.scenarios.words.plain import Text, Words


def _of(name: str) -> Any:
    return Field(None, alias=name)


class ClusterWords(Words):
    """What every cluster demands. Without a word it demands nothing."""

    required_networks: tuple[str, ...] = ()
    optional_networks: tuple[str, ...] = ()
    non_operational_networks: tuple[str, ...] = ()
    cpu_flags: tuple[str, ...] = ()
    level: Text | None = None
    upgrade_mode: bool = False
    memory_threshold: float | None = None
    memory_threshold_type: Literal["percent", "absolute"] = "percent"
    broken_connectivity_percent: float | None = None
    migrate_on_error: Literal["YES", "HA_ONLY", "NO"] | None = None


class RecoveryWords(Words):
    """What automatic recovery may activate."""

    hosts: bool = True
    storageDomains: bool = False  # noqa: N815  as the option writes it


class SettingWords(Words):
    """What differs from the default. `wall_clock` is the monitor's wall time at second 1000."""

    wall_clock: str | None = None
    ballooning: bool = False
    cluster: ClusterWords = ClusterWords()

    refresh_secs: float | None = _of("VdsRefreshRate")
    refreshes_before_save: int | None = _of("NumberVmRefreshesBeforeSave")
    timeout_secs: float | None = _of("vdsTimeout")
    connect_timeout_secs: float | None = _of("vdsConnectionTimeout")
    retries: int | None = _of("vdsRetries")
    heartbeat_secs: float | None = _of("vdsHeartbeatInSeconds")
    attempts_max: int | None = _of("VDSAttemptsToResetCount")
    grace_secs: float | None = _of("TimeoutToResetVdsInSeconds")
    grace_spm_secs: float | None = _of("DelayResetForSpmInSeconds")
    grace_per_vm_secs: float | None = _of("DelayResetPerVmInSeconds")
    recovery_minutes: float | None = _of("VdsRecoveryTimeoutInMinutes")
    nic_grace_secs: float | None = _of("NicDHCPDelayGraceInMS")
    maintenance_retry_secs: float | None = _of("HostPreparingForMaintenanceIdleTime")
    reboot_timeout_secs: float | None = _of("ServerRebootTimeout")
    stall_check_secs: float | None = _of("HostMonitoringWatchdogIntervalInSeconds")
    stall_secs: float | None = _of("HostMonitoringWatchdogInactivityThresholdInSeconds")
    cpu_percent_max: float | None = _of("LogMaxCpuUsedThresholdInPercentage")
    network_percent_max: float | None = _of("LogMaxNetworkUsedThresholdInPercentage")
    memory_percent_max: float | None = _of("LogMaxPhysicalMemoryUsedThresholdInPercentage")
    memory_free_mb_min: float | None = _of("LogPhysicalMemoryThresholdInMB")
    swap_percent_max: float | None = _of("LogMaxSwapMemoryUsedThresholdInPercentage")
    swap_free_mb_min: float | None = _of("LogSwapMemoryThresholdInMB")
    disk_free_mb_min: float | None = _of("VdsLocalDisksLowFreeSpace")
    disk_free_mb_critical: float | None = _of("VdsLocalDisksCriticallyLowFreeSpace")
    drift_secs: float | None = _of("HostTimeDriftInSec")
    drift: bool | None = _of("EnableHostTimeDrift")
    balloon_bad_samples: int | None = _of("IterationsWithBalloonProblem")
    history_samples: int | None = _of("UsageHistoryLimit")
    rerun_hosts_max: int | None = _of("MaxRerunVmOnVdsCount")
    lease_failures_first: int | None = _of("NumberVdsRefreshesBeforeTryToStartUnknownVms")
    lease_failures_again: int | None = _of("NumberVdsRefreshesBeforeRetryToStartUnknownVms")
    restart_check_secs: float | None = _of("AutoStartVmsRunnerIntervalInSeconds")
    restart_retry_secs: float | None = _of("RetryToRunAutoStartVmShortIntervalInSeconds")
    restart_retry_late_secs: float | None = _of("RetryToRunAutoStartVmLongIntervalInSeconds")
    restart_tries: int | None = _of("NumOfTriesToRunFailedAutoStartVmInShortIntervals")
    restart_priority_secs: float | None = _of("MaxTimeAutoStartBlockedOnPriority")
    auto_recovery_schedule: str | None = _of("AutoRecoverySchedule")
    auto_recovery: RecoveryWords | None = _of("AutoRecoveryAllowedTypes")
    ignore_external_vms: bool | None = _of("MaintenanceVdsIgnoreExternalVms")
    quiet_secs: float | None = _of("DisableFenceAtStartupInSec")
    fence_again_secs: float | None = _of("FenceQuietTimeBetweenOperationsInSec")
    kdump_secs: float | None = _of("KdumpStartedTimeout")
    lease_alive_secs: float | None = _of("HostStorageLeaseAliveCheckingInterval")
    nic_names_left_out: str | None = _of("GuestNicNamesBlacklist")
