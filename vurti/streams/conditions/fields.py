"""What a condition can ask of an event, each with its kind and, where they are few, its values."""

from collections.abc import Callable, Iterator
from difflib import get_close_matches
from enum import StrEnum
from types import NoneType
from typing import Any, NamedTuple, get_args, get_origin, get_type_hints

from msgspec import Struct

from vurti.events import KINDS, Counted, Event, Mark, Severity
from vurti.model import Vds, VdsStatus, Vm, VmFacts, VmStatus
from vurti.streams.around import Around
from vurti.wire.ndjson import changed, severity

Value = str | float | bool | tuple[str, ...] | None


class Kind(StrEnum):
    """What a field's values are."""

    TEXT = "text"
    NUMBER = "number"
    TRUTH = "truth"
    TEXTS = "list of texts"
    ANY = "anything"


class Field(NamedTuple):
    """One thing that can be asked; `choices` are all its values, none where they are not few."""

    kind: Kind
    of: Callable[[Event, Around], Any]
    about: str
    choices: tuple[str, ...] = ()


def field_named(name: str) -> Field | None:
    """The field of that name: also a label, `labels.team`, or what is counted by, `by.cluster`."""
    first, _, rest = name.partition(".")
    if rest and first in ("labels", "by"):
        of = (lambda event, _: dict(event.labels).get(rest)) if first == "labels" else _by(rest)
        return Field(Kind.ANY, of, _OPEN[first])
    return FIELDS.get(name)


def nearest(name: str) -> str:
    """The field that was perhaps meant, "" where none is like it."""
    found = get_close_matches(name, FIELDS, n=1) or get_close_matches(
        name.rpartition(".")[2], [one for one in FIELDS if "." not in one], n=1
    )
    return found[0] if found else ""


def host_of(event: Event) -> str | None:
    """The host that an event is about, or that holds its VM: after it, else before it."""
    for end in (event.after, event.before):
        if isinstance(end, Vds):
            return end.id
        if isinstance(end, Vm) and end.run_on is not None:
            return end.run_on
    return event.host


def cluster_of(event: Event, around: Around) -> str:
    """The cluster of that host, empty where it is not known."""
    for end in (event.after, event.before):
        if isinstance(end, Vds) and end.cluster:
            return end.cluster
    host = host_of(event)
    return around.cluster(host) if host is not None else ""


def _by(name: str) -> Callable[[Event, Around], str | None]:
    return lambda event, _: dict(event.by).get(name) if isinstance(event, Counted) else None


_OPEN = {"labels": "a label that `set` has put on it", "by": "of `Counted`: what they share"}
_STATUSES = tuple(dict.fromkeys(str(one) for kind in (VmStatus, VdsStatus) for one in kind))


def _end(event: Event) -> Vm | Vds | None:
    return event.before if event.after is None else event.after


def _vm(event: Event) -> str | None:
    end = _end(event)
    return end.id if isinstance(end, Vm) else None


def _name(event: Event) -> str | None:
    end = _end(event)
    return end.name or end.id if isinstance(end, Vm) else end.id if end is not None else None


def _moved(event: Event, end: Vm | Vds | None) -> str | None:
    ends = (event.before, event.after)
    hosts = [one.run_on for one in ends if isinstance(one, Vm) and one.run_on]
    return end.run_on if isinstance(end, Vm) and len(set(hosts)) == 2 else None


def _own(name: str) -> Callable[[Event, Around], Any]:
    return lambda event, _: getattr(event, name, None)


def _plain() -> dict[str, Field]:
    text, number, truth, texts = Kind.TEXT, Kind.NUMBER, Kind.TRUTH, Kind.TEXTS
    names = tuple(dict.fromkeys((*Vm.__struct_fields__, *Vds.__struct_fields__)))
    return {
        "kind": Field(text, _own("kind"), "the name of the event", tuple(KINDS)),
        "severity": Field(
            text, lambda event, _: severity(event), "how bad it is", tuple(map(str, Severity))
        ),
        "status": Field(
            text,
            lambda event, _: end.status if (end := _end(event)) is not None else None,
            "the status after it, or before it where the thing was removed",
            _STATUSES,
        ),
        "vm": Field(text, lambda event, _: _vm(event), "the id of the VM"),
        "name": Field(text, lambda event, _: _name(event), "the name of the VM or host"),
        "host": Field(
            text, lambda event, _: host_of(event), "the host, or that which holds the VM"
        ),
        "cluster": Field(text, cluster_of, "the cluster of that host"),
        "from": Field(text, lambda e, _: _moved(e, e.before), "the host that a VM has left"),
        "to": Field(text, lambda e, _: _moved(e, e.after), "the host that a VM has come to"),
        "changed": Field(
            texts, lambda event, _: changed(event), "what changed beside the status", names
        ),
        "marks": Field(
            texts, _own("marks"), "what it contains besides its ends", tuple(map(str, Mark))
        ),
        "passed": Field(texts, _own("passed"), "the statuses between the ends of a sum", _STATUSES),
        "reason": Field(text, _own("reason"), "why, in words"),
        "rule": Field(text, _own("rule"), "the rule that decided it"),
        "times": Field(number, _own("times"), "how often it happened"),
        "restart": Field(truth, _own("restart"), "it happened while vurti was not running"),
        "count": Field(number, _own("count"), "of `Counted`: how many events"),
        "secs": Field(number, _own("secs"), "of `Counted`: in so many seconds"),
        "others": Field(truth, _own("others"), "of `Counted`: of what is not told apart"),
    }


def _known(name: str) -> Callable[[Event, Around], Any]:
    def of(event: Event, around: Around) -> Any:
        vm = _vm(event)
        facts = around.facts(vm) if vm is not None else None
        return getattr(facts, name) if facts is not None else _UNTOLD.get(name)

    return of


_UNTOLD = {"ha": False, "has_tpm": False, "lease": False, "priority": 0}
"""What holds for a VM of which nobody has told anything."""


def _facts() -> Iterator[tuple[str, Field]]:
    for name, kind, choices in _simple(VmFacts):
        if name != "id":
            yield name, Field(kind, _known(name), f"of the VM's facts: `{name}`", choices)


def _ends() -> Iterator[tuple[str, Field]]:
    """`before.status`, `after.guest.ip` and so on: the simple parts of a VM's or host's state."""
    for end in ("before", "after"):
        for holder in (Vds, Vm):
            for name, kind, choices in _simple(holder, deep=True):
                of = _path((end, *name.split(".")))
                if name == "status":
                    choices = _STATUSES
                yield f"{end}.{name}", Field(kind, of, f"`{name}` {end} the event", choices)


def _path(names: tuple[str, ...]) -> Callable[[Event, Around], Any]:
    def of(event: Event, _: Around) -> Any:
        value: Any = event
        for name in names:
            value = getattr(value, name, None)
        return value

    return of


def _simple(
    holder: type[Struct], deep: bool = False
) -> Iterator[tuple[str, Kind, tuple[str, ...]]]:
    """The fields of a struct that hold one simple value, with those of structs within it."""
    for name, hint in get_type_hints(holder).items():
        kinds = [one for one in (get_args(hint) or (hint,)) if one is not NoneType]
        if get_origin(hint) is tuple:
            if kinds[0] is str:
                yield name, Kind.TEXTS, ()
            continue
        one = kinds[0]
        if not isinstance(one, type):
            if get_origin(one) is tuple and get_args(one)[0] is str:
                yield name, Kind.TEXTS, ()
        elif issubclass(one, Struct):
            if deep:
                for part, kind, choices in _simple(one):
                    yield f"{name}.{part}", kind, choices
        elif issubclass(one, bool):
            yield name, Kind.TRUTH, ()
        elif issubclass(one, int | float):
            yield name, Kind.NUMBER, ()
        elif issubclass(one, str):
            choices = tuple(map(str, one)) if issubclass(one, StrEnum) else ()
            yield name, Kind.TEXT, choices


FIELDS: dict[str, Field] = {**_plain(), **dict(_facts()), **dict(_ends())}
"""Every field, by its name."""
