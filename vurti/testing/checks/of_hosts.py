"""Values that are what a host says, or does not say."""

from typing import Any

from msgspec import UNSET
from msgspec.structs import replace

from vurti.errors import VurtiError
from vurti.model import (
    Missed,
    PauseStatus,
    Push,
    Snapshot,
    VdsCapabilities,
    VdsCapabilitiesAnswer,
    VdsStatistics,
    VdsStatisticsAnswer,
    VmDevice,
    VmDevicesAnswer,
    VmReport,
    VmStatesAnswer,
    VmStatistics,
    VmStatisticsAnswer,
)
from vurti.settings import Path, way_out
from vurti.testing.checks import raw, told
from vurti.testing.checks.given import NOW, Value
from vurti.testing.checks.ground import Ground
from vurti.testing.checks.structs import as_record
from vurti.testing.checks.words import (
    CapabilitiesWords,
    DevicesWords,
    MissedWords,
    PollWords,
    PushWords,
    RawWords,
    SamplesWords,
    StatisticsWords,
)


def poll(words: PollWords, ground: Ground, path: Path) -> Value:
    """All VMs of a host."""
    ground.name(words.host, (*path, "host"))
    reports = _reports(words.vms, ground, (*path, "vms"))
    for vm, report in reports.items():
        if report.status is UNSET:
            ground.complain((*path, "vms", vm), "status is missing", "a poll tells that of each VM")
    answer = VmStatesAnswer(
        {vm: _whole(report) for vm, report in reports.items()},
        words.complete,
        words.absence or ground.absence(words.host),
        words.unreadable,
    )
    return of_poll(
        Snapshot(words.host, -words.asked_secs, answer), {"host": words.host, "vms": words.vms}
    )


def push(words: PushWords, ground: Ground, path: Path) -> Value:
    """What a host says by itself."""
    ground.name(words.host, (*path, "host"))
    reports = _reports(words.push, ground, (*path, "push"))
    absence = words.absence or ground.absence(words.host)
    given = Push(words.host, reports, words.notify_time, absence=absence)
    return Value(told.of_push(given), given)


def missed(words: MissedWords, ground: Ground, path: Path) -> Value:
    """A question without an answer."""
    ground.name(words.host, (*path, "host"))
    given = Missed(words.host, words.question, words.missed, words.reason, -words.asked_secs)
    expected = {"host": words.host, "missed": str(words.missed), "question": str(words.question)}
    return of_poll(given, {**expected, **({"reason": words.reason} if words.reason else {})})


def capabilities(words: CapabilitiesWords, ground: Ground, path: Path) -> Value:
    """What a host is made of."""
    ground.name(words.host, (*path, "host"))
    where = (*path, "caps")
    made = as_record(VdsCapabilities, words.caps, ground.tree, where, ground.complaints)
    given = Snapshot(words.host, NOW, VdsCapabilitiesAnswer(made or VdsCapabilities()))
    return of_poll(given, {"host": words.host, "caps": words.caps})


def statistics(words: StatisticsWords, ground: Ground, path: Path) -> Value:
    """How a host is."""
    ground.name(words.host, (*path, "host"))
    where = (*path, "stats")
    made = as_record(VdsStatistics, words.stats, ground.tree, where, ground.complaints)
    given = Snapshot(words.host, NOW, VdsStatisticsAnswer(made or VdsStatistics()))
    return of_poll(given, {"host": words.host, "stats": words.stats})


def samples(words: SamplesWords, ground: Ground, path: Path) -> Value:
    """How the VMs of a host are."""
    ground.name(words.host, (*path, "host"))
    made = {
        vm: as_record(VmStatistics, of, ground.tree, (*path, "samples", vm), ground.complaints)
        for vm, of in words.samples.items()
    }
    good = {vm: one for vm, one in made.items() if one is not None}
    given = Snapshot(words.host, NOW, VmStatisticsAnswer(good))
    return of_poll(given, {"host": words.host, "samples": words.samples})


def devices(words: DevicesWords, ground: Ground, path: Path) -> Value:
    """What VMs are made of."""
    ground.name(words.host, (*path, "host"))
    made = {
        vm: [
            as_record(VmDevice, one, ground.tree, (*path, "devices", vm, at), ground.complaints)
            for at, one in enumerate(of)
        ]
        for vm, of in words.devices.items()
    }
    good = {vm: tuple(one for one in of if one is not None) for vm, of in made.items()}
    given = Snapshot(words.host, NOW, VmDevicesAnswer(good))
    return of_poll(given, {"host": words.host, "devices": words.devices})


def written(words: RawWords, ground: Ground, path: Path) -> Value | None:
    """What a host wrote, in its own words."""
    ground.name(words.host, (*path, "host"))
    source = words.source or ground.source(words.host)
    if source not in raw.SOURCES:
        what = f"the words of {source} are no text" if source else "of which source is this?"
        ground.complain((*path, "raw"), what, f"write source = {way_out('', raw.SOURCES)}")
        return None
    try:
        given = raw.heard(source, words.host, words.raw, words.question, words.pushed)
    except VurtiError as error:
        ground.complain((*path, "raw"), f"{source} drops it: {error}")
        return None
    if isinstance(given, Push):
        return Value(told.of_push(given), given)
    return of_poll(given, told.words(given))


def of_poll(given: Snapshot | Missed, expected: dict[str, Any]) -> Value:
    """A poll may come in, and out of the stream of polls."""
    return Value(told.brief(given), given, expected, of="polls")


def _reports(vms: dict[str, Any], ground: Ground, path: Path) -> dict[str, VmReport]:
    reports: dict[str, VmReport] = {}
    for vm, said in vms.items():
        table = {"status": said} if isinstance(said, str) else said
        if not isinstance(table, dict):
            ground.complain((*path, vm), "expected a status, or a table of what is said of it")
            continue
        report = as_record(VmReport, table, ground.tree, (*path, vm), ground.complaints)
        if report is not None:
            reports[vm] = report
    return reports


def _whole(report: VmReport) -> VmReport:
    """As a poll's decoder gives it: what is left out has its default."""
    return replace(
        report,
        name="" if report.name is UNSET else report.name,
        pause_status=PauseStatus.NONE if report.pause_status is UNSET else report.pause_status,
    )
