/** The kinds of events that a log has. */
export const KINDS = [
  "VmStateChanged", "VmMigrated", "VmSplitBrainDetected", "VmTakenOver", "VmRebooted", "VmWatchdogFired", "VmAlerted",
  "VmDevicesChanged", "VmExpectationEnded", "VmAdded", "VmRemoved", "VmLeftScope", "VmJoinedScope",
  "VdsStateChanged", "VdsAlerted", "VdsExpectationEnded", "VdsAdded", "VdsRemoved", "VdsLeftScope", "VdsJoinedScope",
];
