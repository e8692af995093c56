"""How far a VM's migration is: told by pushes only, and kept beside its other samples (8.12)."""

from msgspec import UNSET
from msgspec.structs import replace

from vurti.decide.draft import Draft
from vurti.decide.view import SampleMemo
from vurti.model import Statistics, VmReport, VmStatistics

NO_SAMPLE = VmStatistics()


def tells_only_progress(report: VmReport) -> bool:
    """It says nothing of the VM's state: there are several of these for each migration."""
    if report.migration_progress is UNSET and report.migration_downtime_ms is UNSET:
        return False
    return report == VmReport(
        migration_progress=report.migration_progress,
        migration_downtime_ms=report.migration_downtime_ms,
    )


def migration_told(vm: str, report: VmReport, host: str, draft: Draft) -> None:
    """Keep the progress, and at the end the downtime."""
    if report.migration_progress is UNSET and report.migration_downtime_ms is UNSET:
        return
    told: dict[str, int] = {}
    if report.migration_progress is not UNSET:
        told["migration_progress"] = report.migration_progress
    if report.migration_downtime_ms is not UNSET:
        told["migration_downtime_ms"] = report.migration_downtime_ms
    _keep(vm, host, told, draft)


def migration_over(vm: str, host: str, draft: Draft) -> None:
    """It stays at its source: there is no progress any more."""
    _keep(vm, host, {"migration_progress": 0}, draft)


def _keep(vm: str, host: str, told: dict[str, int], draft: Draft) -> None:
    past = draft.last_sample(vm) or SampleMemo(vm, draft.at, NO_SAMPLE)
    sample = replace(past.sample, **told)
    draft.keep_sample(SampleMemo(vm, past.at, sample))
    draft.sample(Statistics(host, draft.wall, vms={vm: sample}))
