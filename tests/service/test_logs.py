"""What the program's log shows, and what it never shows."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from loguru import logger

from vurti.config import LogSettings
from vurti.events import VmAdded
from vurti.model import Vm, VmStatus
from vurti.model.commit import Logged
from vurti.service.logs import Log, log_to_stderr
from vurti.service.redaction import Redaction
from vurti.service.repeats import A_SECOND, BURST

HOSTILE = "web\n2026-01-01 00:00:00.000 ERROR   forged \x1b[2J\u202e\x85 \ud800 end"


class Logging:
    """A log into memory, with a clock by hand."""

    def __init__(self, format_: str, secrets: tuple[str, ...] = (), **settings: Any) -> None:
        self.now = 0.0
        self.out = io.StringIO()
        wanted = LogSettings.model_validate({"format": format_, **settings})
        self.log = Log(self.out, wanted, Redaction(secrets), lambda: self.now)
        logger.remove()
        logger.add(self.log, level=0, format=lambda _: "", diagnose=False, backtrace=False)

    @property
    def lines(self) -> list[str]:
        return self.out.getvalue().splitlines()

    @property
    def told(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.lines]


@pytest.fixture(autouse=True)
def no_log_left() -> Iterator[None]:
    yield
    logger.remove()
    logger.disable("vurti")


@pytest.mark.parametrize("format_", ["text", "json"])
def test_contract_19_a_traceback_in_the_log_shows_no_values(
    capsys: pytest.CaptureFixture[str], format_: str
) -> None:
    log_to_stderr(LogSettings.model_validate({"format": format_}))
    token = "s3" + "cret"
    try:
        raise ValueError(len(token))
    except ValueError as error:
        logger.opt(exception=error).error("a bug")
    told = capsys.readouterr().err
    assert "ValueError" in told
    assert "s3cret" not in told


@pytest.mark.parametrize("format_", ["text", "json"])
def test_contract_19_no_secret_is_in_a_message_a_field_an_error_or_its_cause(format_: str) -> None:
    logs = Logging(format_, secrets=("hunter2", "tok-en"))
    try:
        try:
            raise OSError("connect postgresql://vurti:hunter2@db failed")
        except OSError as cause:
            raise RuntimeError("sent Authorization: Bearer tok-en") from cause
    except RuntimeError as error:
        logger.opt(exception=error).error("with {}", "hunter2", headers={"a": ["tok-en"]})
    text = logs.out.getvalue()
    assert "hunter2" not in text
    assert "tok-en" not in text
    assert "OSError" in text
    assert logs.log.redact.count >= 4


def test_contract_18_a_name_with_newlines_and_escapes_is_one_line_that_acts_on_nobody() -> None:
    logs = Logging("text")
    logger.warning("{} is gone", HOSTILE)
    (line,) = logs.lines
    assert line.isprintable()
    assert line.endswith(r"forged \x1b[2J\u202e\x85 \ud800 end is gone")


def test_contract_18_in_json_hostile_text_is_ascii_and_one_line() -> None:
    logs = Logging("json")
    logger.warning("{} is gone", HOSTILE, name=HOSTILE)
    (line,) = logs.lines
    assert line.isascii()
    assert line.isprintable()
    (told,) = logs.told
    assert told["message"].isprintable()
    assert told["extra"]["name"].isprintable()


@pytest.mark.parametrize("format_", ["text", "json"])
def test_contract_18_no_line_of_a_traceback_looks_like_a_record(format_: str) -> None:
    logs = Logging(format_)
    try:
        raise ValueError(HOSTILE)
    except ValueError as error:
        logger.opt(exception=error).error("a bug")
    lines = logs.out.getvalue().split("\n")[:-1]
    assert all(line.isprintable() for line in lines)
    if format_ == "text":
        assert all(line.startswith("  | ") for line in lines[1:])
        assert any("forged" in line for line in lines[1:])
    else:
        assert len(lines) == 1


def test_a_message_without_end_is_cut() -> None:
    logs = Logging("text")
    logger.warning("x" * 1_000_000)
    assert len(logs.lines[0]) < 10_000
    assert logs.lines[0].endswith("characters more")


def test_a_host_that_flaps_for_a_day_writes_a_few_lines_and_all_is_counted() -> None:
    logs = Logging("json")
    for _ in range(24 * 360):
        logger.info("{}", "VdsStateChanged  alpha  Up → Connecting: vms timeout: no answer in 5 s")
        logger.info("{}", "VdsStateChanged  alpha  Connecting → Up: answers")
        logs.now += 10
    logs.log.close()
    assert len(logs.lines) < 100
    assert len(logs.out.getvalue()) < 32_000
    stand_for = sum(one.get("repeated", 1) for one in logs.told)
    assert stand_for == 2 * 24 * 360
    assert logs.log.repeats.left_out == 2 * 24 * 360 - 2
    assert sum(logs.log.lines.values()) == len(logs.lines)


def test_a_sum_says_how_often_and_for_how_long() -> None:
    logs = Logging("text")
    for _ in range(4):
        logger.warning("alpha is gone")
        logs.now += 15
    logs.log.sweep()
    assert [line[24:] for line in logs.lines] == [
        "WARNING alpha is gone",
        "WARNING alpha is gone (and 3 times more in 60 s)",
    ]


def test_errors_that_differ_are_told_each() -> None:
    logs = Logging("json")
    for what in ("one", "two", "one"):
        logger.opt(exception=ValueError(what)).error("a task raised")
    assert len(logs.lines) == 2


def test_what_is_to_be_said_each_time_is() -> None:
    logs = Logging("json")
    for _ in range(3):
        logger.bind(each=True).info("last 60 s: all as before", hosts=2)
    assert [one["extra"] for one in logs.told] == [{"hosts": 2}] * 3


def test_a_json_line_has_a_time_with_its_zone_a_level_and_a_place() -> None:
    logs = Logging("json")
    logger.error("a bug", share=float("nan"))
    (told,) = logs.told
    assert told.keys() == {"time", "level", "message", "where", "extra"}
    assert told["level"] == "ERROR"
    assert told["where"].startswith(f"{__name__}:")
    assert told["time"][-6] in "+-"
    assert told["extra"] == {"share": "nan"}


@pytest.mark.parametrize("ours", [True, False])
def test_the_journal_is_told_the_priority_of_each_line_and_nobody_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ours: bool
) -> None:
    with (tmp_path / "journal").open("w+") as out:
        found = os.fstat(out.fileno())
        monkeypatch.setenv("JOURNAL_STREAM", f"{found.st_dev}:{found.st_ino + (not ours)}")
        logger.remove()
        logger.add(Log(out, LogSettings(), Redaction()), format=lambda _: "")
        logger.opt(exception=ValueError("x")).error("a bug")
        logger.info("all is well")
        out.seek(0)
        lines = out.read().splitlines()
    assert [line[:3] for line in lines] == (
        ["<3>", "<3>", "<6>"] if ours else ["202", "  |", "202"]
    )


class Full(io.StringIO):
    """A file on a disk without room."""

    def write(self, _text: str) -> int:
        raise OSError(28, "No space left on device")


def test_a_log_that_cannot_be_written_keeps_nobody_from_going_on_and_is_counted(
    capfd: pytest.CaptureFixture[str],
) -> None:
    log = Log(Full(), LogSettings(), Redaction())
    logger.remove()
    logger.add(log, format=lambda _: "")
    logger.warning("alpha is gone")
    assert (log.failed, log.lines.total()) == (1, 0)
    assert capfd.readouterr().err == ""


def committed(*names: str) -> list[Logged]:
    return [
        Logged(place, 1.0, VmAdded(after=Vm(name, status=VmStatus.UP), rule="r"))
        for place, name in enumerate(names, 1)
    ]


def test_committed_events_are_lines_and_the_same_one_is_summed() -> None:
    logs = Logging("text", secrets=("hunter2",))
    logs.log.events(committed("vm1", "vm1", HOSTILE, "hunter2"))
    first, hostile, secret = logs.lines
    assert first.endswith("INFO    VmAdded          vm1  none → Up [r]")
    assert r"\x1b[2J" in hostile
    assert "hunter2" not in secret
    logs.now = 60.0
    logs.log.events(committed("vm2"))
    other, summed = logs.lines[3:]
    assert "vm2" in other
    assert summed.endswith("vm1  none → Up [r] (and 1 times more in 60 s)")


def test_committed_events_that_differ_only_in_how_long_are_the_same() -> None:
    logs = Logging("text")
    for place, secs in enumerate((5, 17.5), 1):
        after = Vm("vm1", status=VmStatus.UP)
        event = VmAdded(after=after, reason=f"seen for {secs} s", rule="r")
        logs.log.events([Logged(place, 1.0, event)])
    assert len(logs.lines) == 1


def test_of_a_flood_of_events_those_without_room_are_counted() -> None:
    logs = Logging("json")
    logs.log.events(committed(*[f"vm{number}" for number in range(3000)]))
    assert len(logs.told) == BURST
    logs.now = 10.0
    logs.log.events(committed(*[f"vm{number}" for number in range(3000, 3100)]))
    assert len(logs.told) == BURST + 10 * A_SECOND
    assert logs.log.repeats.left_out == 3100 - len(logs.told)
    logs.log.close()
    assert logs.told[-1]["message"].startswith(f"{logs.log.repeats.left_out} further lines from")


def test_with_0_seconds_each_event_is_a_line() -> None:
    logs = Logging("json", repeat_secs=0)
    logs.log.events(committed(*["vm1"] * 2000))
    assert len(logs.told) == 2000


@pytest.mark.parametrize(("level", "lines"), [("DEBUG", 1), ("INFO", 1), ("WARNING", 0)])
def test_events_are_told_from_the_level_of_news_on(level: str, lines: int) -> None:
    logs = Logging("text", level=level)
    logs.log.events(committed("vm1"))
    assert len(logs.lines) == lines


BUGS = """
import sys
import gevent
from vurti.config import LogSettings
from vurti.service.logs import log_bugs, log_to_stderr
from vurti.service.redaction import Redaction

log_to_stderr(LogSettings(format="json"), Redaction(["hunter2"]))
log_bugs()


def bug(where):
    raise RuntimeError(f"{where} with hunter2")


gevent.spawn(bug, "a greenlet").join()
gevent.get_hub().loop.run_callback(bug, "a callback")
gevent.sleep(0.05)
bug("the program")
"""


def test_contract_19_what_nobody_catches_goes_through_the_log_and_nowhere_else() -> None:
    told = subprocess.run([sys.executable, "-c", BUGS], capture_output=True, text=True, check=False)
    assert (told.returncode, told.stdout) == (1, "")
    lines = [json.loads(line) for line in told.stderr.splitlines()]
    assert [line["message"] for line in lines] == [
        "a task raised: a greenlet with ***",
        "a task raised: a callback with ***",
        "vurti ends by a bug: the program with ***",
    ]
    assert all("RuntimeError" in line["exception"] for line in lines)
    assert "hunter2" not in told.stderr
