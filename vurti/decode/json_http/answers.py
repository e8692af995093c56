"""The JSON of agents and bridges, version 1, as values. Its schema is shipped with the source; what
is wrong in one host's record, or in one VM's, spares the others."""

from collections.abc import Mapping
from typing import NamedTuple, TypeVar

import msgspec
from msgspec import UNSET, Raw, UnsetType
from msgspec.structs import astuple

from vurti.decode import bounds
from vurti.decode.json_http.host_records import capabilities, statistics
from vurti.decode.json_http.records import (
    AllGood,
    AllSampled,
    Besides,
    Capabilities,
    Document,
    Line,
    News,
    Sampled,
    Samples,
    States,
    Told,
    Vm,
    VmSample,
)
from vurti.decode.mend import mended
from vurti.errors import VurtiError
from vurti.model import (
    Absence,
    Answer,
    Balloon,
    Job,
    Miss,
    Push,
    Question,
    VdsCapabilitiesAnswer,
    VdsStatisticsAnswer,
    VmReport,
    VmStatesAnswer,
    VmStatistics,
    VmStatisticsAnswer,
    VmStatus,
)

VERSION = 1
NOT_A_HOSTS = frozenset({VmStatus.UNKNOWN, VmStatus.IMAGE_LOCKED, VmStatus.IMAGE_ILLEGAL})
"""Statuses that no host can tell: a manager sets them, or vurti itself."""

_T = TypeVar("_T")


class JsonDecodeError(VurtiError):
    """What came is not of the documented form; the text says where."""


class PushLine(NamedTuple):
    """What one line of the stream says. `host` is None where the stream is of one host only;
    `unreadable` names VMs that something was said of that could not be understood."""

    host: str | None
    push: Push
    unreadable: tuple[str, ...]


_documents = msgspec.json.Decoder(Document)
_vms, _news = msgspec.json.Decoder(Vm), msgspec.json.Decoder(News)
_states, _all_good = msgspec.json.Decoder(States), msgspec.json.Decoder(AllGood)
_sampled, _all_sampled = msgspec.json.Decoder(Sampled), msgspec.json.Decoder(AllSampled)
_samples, _capabilities = msgspec.json.Decoder(Samples), msgspec.json.Decoder(Capabilities)
_lines = msgspec.json.Decoder(Line)
_BALLOON = VmStatistics.__struct_fields__.index("balloon")
_REFUSALS = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


def document(body: bytes) -> Document:
    """The answer as records. Raises JsonDecodeError where it is none of version 1."""
    read = _mended(_documents, body)
    if read.version != VERSION:
        raise JsonDecodeError(f"it is of version {read.version}, and version {VERSION} is read")
    if bool(memoryview(read.host)) is isinstance(read.hosts, dict):
        raise JsonDecodeError("it must have either `host` or `hosts`")
    return read


def answer(record: Raw, question: Question) -> Answer | Told:
    """What a host's record says to that question, or why the host could not be asked. Raises
    JsonDecodeError."""
    match question:
        case Question.VMS:
            return _vm_states(record)
        case Question.VM_STATISTICS:
            return _vm_statistics(record)
        case Question.VDS_STATISTICS:
            host = _decoded(_samples, record)
            return host.missed or VdsStatisticsAnswer(statistics(host.statistics))
        case Question.CAPABILITIES:
            made = _decoded(_capabilities, record)
            return made.missed or VdsCapabilitiesAnswer(capabilities(made.capabilities))
        case Question.DEVICES | Question.EXTERNAL_DATA:
            host = _decoded(_samples, record)
            return host.missed or Told(Miss.MISMATCH, f"agents are not asked for {question}")


def push_line(line: bytes) -> PushLine:
    """What a host said by itself; `push.host` is empty until it is known who that was. Raises
    JsonDecodeError."""
    said = _mended(_lines, line)
    good, bad = _each(_news, said.vms)
    reports = {vm: _news_of(one) for vm, one in good.items() if one.status not in NOT_A_HOSTS}
    unreadable = (*bad, *(vm for vm in good if vm not in reports))
    push = Push("", reports, said.notify_time, absence=said.absence)
    return PushLine(said.host, push, unreadable)


def _vm_states(record: Raw) -> VmStatesAnswer | Told:
    try:
        said = _all_good.decode(record)
    except _REFUSALS:
        return _spared(record)
    return said.missed or _states_answer(said.vms, [], said.complete, said.absence)


def _spared(record: Raw) -> VmStatesAnswer | Told:
    """Record by record, so that those of the others are had where one cannot be read."""
    said = _mended(_states, record)
    if said.missed is not None:
        return said.missed
    if not isinstance(said.vms, dict):
        raise JsonDecodeError("the host's record has no `vms`")
    return _states_answer(*_each(_vms, said.vms), said.complete, said.absence)


def _states_answer(
    vms: dict[str, Vm], bad: list[str], complete: bool, absence: Absence
) -> VmStatesAnswer:
    reports = {vm: _report(one) for vm, one in vms.items() if one.status not in NOT_A_HOSTS}
    if len(reports) < len(vms):
        bad = [*bad, *(vm for vm in vms if vm not in reports)]
    return VmStatesAnswer(reports, complete, absence, tuple(bad))


def _vm_statistics(record: Raw) -> VmStatisticsAnswer | Told:
    """A VM without a sample, or with one that cannot be read, is not told of: that says nothing."""
    try:
        said = _all_sampled.decode(record)
    except _REFUSALS:
        return _spared_samples(record)
    return said.missed or _samples_answer(said.vms)


def _spared_samples(record: Raw) -> VmStatisticsAnswer | Told:
    """Record by record, so that the samples of the others are had where one cannot be read."""
    said = _decoded(_states, record)
    if said.missed is not None:
        return said.missed
    good, _ = _each(_sampled, said.vms if isinstance(said.vms, dict) else {})
    return _samples_answer(good)


def _samples_answer(vms: dict[str, Sampled] | UnsetType) -> VmStatisticsAnswer:
    told = vms.items() if isinstance(vms, dict) else ()
    return VmStatisticsAnswer(
        {vm: _sample(one.statistics) for vm, one in told if one.statistics is not None}
    )


def _sample(told: VmSample) -> VmStatistics:
    """Its fields are those of VmStatistics, in their order."""
    values = list(astuple(told))
    if told.balloon is not None:
        values[_BALLOON] = Balloon(*astuple(told.balloon))
    return VmStatistics(*values)


def _report(vm: Vm) -> VmReport:
    """Exit fields of a VM that runs mean nothing, so they are not told."""
    ended = vm.status is VmStatus.DOWN
    return VmReport(
        status=vm.status,
        name=bounds.name(vm.name),
        pause_status=vm.pause_status,
        exit_status=vm.exit_status if ended else UNSET,
        exit_reason=vm.exit_reason if ended else UNSET,
        exit_message=bounds.message(vm.exit_message) if ended else UNSET,
        begun=vm.begun,
        status_time=vm.status_time,
        watchdog=vm.watchdog,
        watchdog_time=vm.watchdog_time,
        device_hash=vm.device_hash,
        guest=vm.guest,
        guest_nics=vm.guest_nics,
        jobs=_jobs(vm),
        luns=vm.luns,
        migration_progress=vm.migration_progress,
        migration_downtime_ms=vm.migration_downtime_ms,
    )


def _news_of(news: News) -> VmReport:
    told = {name: getattr(news, name) for name in news.__struct_fields__}
    short = {"name": bounds.name(news.name), "exit_message": bounds.message(news.exit_message)}
    return VmReport(**{**told, **short, "jobs": _jobs(news)})


def _jobs(told: Besides) -> dict[str, Job] | UnsetType:
    if told.jobs is UNSET:
        return UNSET
    return {job: Job(one.cur, one.end) for job, one in told.jobs.items()}


def _each(
    decoder: msgspec.json.Decoder[_T], raws: Mapping[str, Raw]
) -> tuple[dict[str, _T], list[str]]:
    """Those that can be read, and the names of the others."""
    good, bad = dict[str, _T](), list[str]()
    for name, raw in raws.items():
        try:
            good[name] = _mended(decoder, raw)
        except JsonDecodeError:
            bad.append(name)
    return good, bad


def _mended(decoder: msgspec.json.Decoder[_T], data: bytes | Raw) -> _T:
    """The same, and once more without what is no text where that is in the way."""
    try:
        return _decoded(decoder, data)
    except JsonDecodeError:
        if (better := mended(bytes(data))) == bytes(data):
            raise
    return _decoded(decoder, better)


def _decoded(decoder: msgspec.json.Decoder[_T], data: bytes | Raw) -> _T:
    try:
        return decoder.decode(data)
    except _REFUSALS as error:
        raise JsonDecodeError(str(error)) from None
