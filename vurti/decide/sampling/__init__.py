"""Samples: kept as the latest, turned from counters into rates, and never news by themselves; what
they show of a VM's memory may be."""

from vurti.decide.sampling.migration import migration_over, migration_told, tells_only_progress
from vurti.decide.sampling.sampled import ended, sampled

__all__ = ["ended", "migration_over", "migration_told", "sampled", "tells_only_progress"]
