"""Programs that watch the libvirt hosts of a test bed, each in its own way: vurti, Prometheus with
an exporter for each host, and collectd on each host."""

from benchmarks.monitors.collectd import Collectd
from benchmarks.monitors.monitor import ASKED, HOW, INTERVAL_SECS, TOLD, Monitor, Watched, missing
from benchmarks.monitors.ours import Ours, Unpushed
from benchmarks.monitors.prometheus import Prometheus

__all__ = [
    "ASKED",
    "HOW",
    "INTERVAL_SECS",
    "TOLD",
    "Collectd",
    "Monitor",
    "Ours",
    "Prometheus",
    "Unpushed",
    "Watched",
    "missing",
]
