"""Events for people: one line each, in which nothing that a guest is called can act."""

from vurti.events import Counted, Event
from vurti.model import Vds, Vm


def line(event: Event) -> str:
    """Kind, name, from what to what, where, why, and in brackets the rule that decided."""
    if isinstance(event, Counted):
        return printable(f"{event.kind:<16} {event.thing}  {event.count} in {event.secs:g} s")
    known = event.after if event.after is not None else event.before
    name = known.name if isinstance(known, Vm) and known.name else event.thing
    change = " → ".join(dict.fromkeys((_status(event.before), *event.passed, _status(event.after))))
    times = f" ({event.times} times)" if event.times > 1 else ""
    again = " (while vurti was not running)" if event.restart else ""
    told = f": {event.reason}" if event.reason else ""
    text = f"{event.kind:<16} {name}  {change}{times}{_where(event)}{told}{again}"
    return printable(f"{text} [{event.rule}]")


def printable(text: str) -> str:
    """The text with everything unprintable as its escape sequence, so that no terminal obeys it."""
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else repr(one)[1:-1] for one in text)


def _status(value: Vm | Vds | None) -> str:
    return str(value.status) if value is not None else "none"


def _where(event: Event) -> str:
    before = event.before.run_on if isinstance(event.before, Vm) else None
    after = event.after.run_on if isinstance(event.after, Vm) else None
    if before and after and before != after:
        return f"  {before} ⇒ {after}"
    return f"  on {after or before}" if after or before else ""
