"""Where the program's log goes, and how an event reads in it."""

import sys

from loguru import logger

from vurti.events import Event
from vurti.model import Vm
from vurti.model.commit import Logged

FORMAT = "<dim>{time:YYYY-MM-DD HH:mm:ss.SSS}</dim> <level>{level: <7}</level> {message}"


def log_to_stderr(level: str = "INFO", as_json: bool = False) -> None:
    """Enable vurti's log and send it to stderr, written at once: a queue of loguru's own would
    hang under gevent."""
    logger.remove()
    logger.add(sys.stderr, level=level, format=FORMAT, serialize=as_json, backtrace=False)
    logger.enable("vurti")


def log_committed(logged: list[Logged]) -> None:
    """Each committed event as a line of the log."""
    for one in logged:
        logger.info("{}", words_of(one.event))


def words_of(event: Event) -> str:
    """One event in one line, for people: kind, name, from what to what, where, why, which rule.
    Names come from guests: what could steer a terminal is shown escaped."""
    known = event.after if event.after is not None else event.before
    name = known.name if isinstance(known, Vm) and known.name else event.thing
    change = " → ".join(dict.fromkeys((_status(event.before), *event.passed, _status(event.after))))
    times = f" ({event.times} times)" if event.times > 1 else ""
    again = " (while vurti was not running)" if event.restart else ""
    text = f"{event.kind:<16} {name}  {change}{times}{_where(event)}: {event.reason}{again}"
    return escaped(f"{text} [{event.rule}]")


def escaped(text: str) -> str:
    """The text with everything unprintable as its escape sequence, so that it cannot act."""
    return "".join(one if one.isprintable() else repr(one)[1:-1] for one in text)


def _status(value: object) -> str:
    return str(getattr(value, "status", "none"))


def _where(event: Event) -> str:
    before = event.before.run_on if isinstance(event.before, Vm) else None
    after = event.after.run_on if isinstance(event.after, Vm) else None
    if before and after and before != after:
        return f"  {before} ⇒ {after}"
    return f"  on {after or before}" if after or before else ""
