"""Events that came over the API, told in the words and glyphs of `vurti demo`."""

from functools import lru_cache

from vurti.cli.stories import PASSING, Story, story_of
from vurti.cli.terminal.told import EventTold
from vurti.events import KINDS, Event, Mark
from vurti.model import ExitStatus, PauseStatus, Vds, VdsStatus, Vm, VmStatus

_TONES = {
    "red": "bad",
    "yellow": "warn",
    "magenta": "warn",
    "green": "good",
    "cyan": "moving",
    "blue": "calm",
}
_MARKS = frozenset(Mark)


def story(told: EventTold) -> Story:
    """What the event is about."""
    return _story(
        told.kind, told.vm is not None, told.before, told.after, told.pause_status,
        told.exit_status, told.marks,
    )  # fmt: skip


def tone(told: EventTold) -> str:
    """Its colour."""
    style = story(told).style
    return next((tone for colour, tone in _TONES.items() if colour in style), "faint")


def passing(told: EventTold) -> bool:
    """Whether it is only a step on the way, and nothing about it is bad."""
    return told.severity == "normal" and story(told) in PASSING


def change(told: EventTold) -> str:
    """From what to what."""
    if told.before == told.after or told.before is None:
        return told.after or ""
    return f"{told.before} → {told.after or 'gone'}"


def where(told: EventTold) -> str:
    """The host that told it, both where it changed, or a host's cluster."""
    if told.origin and told.to:
        return f"{told.origin} ⇒ {told.to}"
    return told.cluster if told.vm is None else told.host or ""


@lru_cache(4096)
def _story(
    kind: str,
    of_vm: bool,
    before: str | None,
    after: str | None,
    pause: str,
    exit_status: str | None,
    marks: tuple[str, ...],
) -> Story:
    """Of a kind or a status that this version does not know, at least that something changed."""
    known = tuple(Mark(one) for one in marks if one in _MARKS)
    type_ = KINDS.get(kind, Event)
    try:
        if of_vm:
            return story_of(
                type_(before=_vm(before), after=_vm(after, pause, exit_status), marks=known)
            )
        return story_of(type_(before=_vds(before), after=_vds(after), marks=known))
    except ValueError:
        return story_of(type_())


def _vm(status: str | None, pause: str = "NONE", exit_status: str | None = None) -> Vm | None:
    if status is None:
        return None
    ended = None if exit_status is None else ExitStatus(exit_status)
    return Vm("", status=VmStatus(status), pause_status=PauseStatus(pause), exit_status=ended)


def _vds(status: str | None) -> Vds | None:
    return None if status is None else Vds("", status=VdsStatus(status))
