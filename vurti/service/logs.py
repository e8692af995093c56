"""Where the program's log goes."""

import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, TextIO

from loguru import logger
from msgspec.structs import replace

from vurti.clock import Clock
from vurti.clock.gevent_entrance import new_lock
from vurti.clock.gevent_errors import tell_errors
from vurti.config import LogSettings
from vurti.model.commit import Logged
from vurti.service.log_lines import (
    EACH,
    Line,
    as_json,
    as_text,
    for_journal,
    is_journal,
    line_of,
    place_of,
    safe,
)
from vurti.service.redaction import Redaction
from vurti.service.repeats import Repeats, gist
from vurti.wire import words

if TYPE_CHECKING:
    from loguru import Message, Record

SWEEP_SECS = 5.0
INFO, EVENTS = "INFO", f"{__name__}:events"
"""The level of a line that is an event, and where it is said."""


class Log:
    """Writes records to a stream: redacted, escaped, the same ones seldom. `lines` counts what was
    written by its level, `failed` what could not be. For loguru it is a sink; committed events come
    without it, since most of its work would be for lines that are left out. Lines come from any
    thread."""

    def __init__(
        self,
        out: TextIO,
        settings: LogSettings,
        redact: Redaction,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.lines: Counter[str] = Counter()
        self.failed = 0
        self.redact, self.repeats = redact, Repeats[Line](settings.repeat_secs)
        self._out, self._now = out, now
        self._lock = new_lock()
        self._journal = is_journal(out, os.environ.get("JOURNAL_STREAM", ""))
        coloured = out.isatty() and not os.environ.get("NO_COLOR")
        self._tells_events = logger.level(settings.level).no <= logger.level(INFO).no
        self._text = as_json if settings.format == "json" else lambda one: as_text(one, coloured)

    def __call__(self, message: "Message") -> None:
        with self._lock:
            now = self._now()
            self._record(message.record, now)
            self._write_sums(now)

    def events(self, logged: Sequence[Logged]) -> None:
        """Each committed event as a line; of those for which there is no room only how many."""
        with self._lock:
            now = self._now()
            for place, one in enumerate(logged if self._tells_events else ()):
                if not self.repeats.has_room(EVENTS, now):
                    self.repeats.leave_out(EVENTS, len(logged) - place, now)
                    break
                self._event(words.line(one.event), now)
            self._write_sums(now)

    def sweep(self) -> None:
        """Say what was summed for long enough."""
        with self._lock:
            self._write_sums(self._now())

    def close(self) -> None:
        """Say all that was summed."""
        with self._lock:
            self._write_sums(self._now(), everything=True)

    def _record(self, record: "Record", now: float) -> None:
        def made() -> Line:
            return line_of(record, self.redact)

        if record["extra"].get(EACH):
            self._write(made())
        elif line := self.repeats.pass_on(made, place_of(record), _key(record), now):
            self._write(line)

    def _event(self, text: str, now: float) -> None:
        def made() -> Line:
            return Line(datetime.now().astimezone(), INFO, EVENTS, safe(text, self.redact))

        if line := self.repeats.pass_on(made, EVENTS, (INFO, gist(text)), now):
            self._write(line)

    def _write_sums(self, now: float, everything: bool = False) -> None:
        for one in self.repeats.due(now, everything):
            time_ = datetime.now().astimezone()
            if one.line is None:
                said = (
                    f"{one.times} further lines from {one.place} were left out in {one.secs:.0f} s"
                )
                self._write(Line(time_, "WARNING", one.place, f"{said}: they came too fast"))
            else:
                self._write(replace(one.line, time=time_, repeated=one.times, secs=one.secs))

    def _write(self, line: Line) -> None:
        """Nobody stops watching because his log cannot be written: the disk may be full."""
        try:
            text = self._text(line)
            self._out.write((for_journal(text, line.level) if self._journal else text) + "\n")
            self._out.flush()
        except (OSError, ValueError):
            self.failed += 1
        else:
            self.lines[line.level] += 1


def log_to_stderr(settings: LogSettings | None = None, redact: Redaction | None = None) -> Log:
    """Enable vurti's log and send it to stderr, written at once: a queue of loguru's own would
    hang under gevent."""
    settings = settings or LogSettings()
    log = Log(sys.stderr, settings, redact or Redaction())
    logger.remove()
    # A traceback that shows the values of variables shows secrets.
    logger.add(
        log, level=settings.level, format=lambda _: "", backtrace=False, diagnose=False, catch=True
    )
    logger.enable("vurti")
    return log


def log_bugs() -> None:
    """What nobody catches goes into the log as well, for the rest of this process: Python and
    gevent would put it on stderr with whatever is in it."""

    def uncaught(
        _kind: type[BaseException], error: BaseException, _trace: TracebackType | None
    ) -> None:
        if not isinstance(error, KeyboardInterrupt):
            logger.opt(exception=error).critical("vurti ends by a bug: {}", error)

    sys.excepthook = uncaught
    tell_errors(lambda error: logger.opt(exception=error).error("a task raised: {}", error))


@contextmanager
def sweeping(log: Log, clock: Clock) -> Iterator[None]:
    """Say what was summed now and then while the block runs, and the rest behind it."""

    def repeat() -> None:
        while True:
            clock.sleep_until(clock.now() + SWEEP_SECS)
            log.sweep()

    task = clock.spawn(repeat)
    try:
        yield
    finally:
        task.kill()
        log.close()


def _key(record: "Record") -> tuple[str, ...]:
    """What makes two records of one place the same."""
    error = record["exception"]
    raised = "" if error is None else f"{error.type} {error.value}"
    return record["level"].name, gist(record["message"]), gist(raised)
