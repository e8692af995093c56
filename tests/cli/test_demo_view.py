"""What the demo shows, as text."""

from io import BytesIO, StringIO, TextIOWrapper

import pytest
from msgspec.structs import replace
from rich.cells import cell_len
from rich.console import Console

from vurti.cli.demo_view import DemoView
from vurti.events import Event, Mark, VmKnown, event
from vurti.model import (
    ExitReason,
    ExitStatus,
    PauseStatus,
    Vds,
    VdsCapabilities,
    VdsStatus,
    Vm,
    VmStatus,
)

UP = Vm("vm-7", "web-7", VmStatus.UP, "host-1")
DOWN = Vm("vm-7", "web-7", VmStatus.DOWN)
PAUSED = replace(UP, status=VmStatus.PAUSED, pause_status=PauseStatus.NOERR)
STUCK = replace(UP, status=VmStatus.PAUSED, pause_status=PauseStatus.ENOSPC)
CRASHED = replace(DOWN, exit_status=ExitStatus.ERROR, exit_reason=ExitReason.LOST_QEMU_CONNECTION)
ENDED = replace(DOWN, exit_status=ExitStatus.NORMAL, exit_reason=ExitReason.USER_SHUTDOWN)
BOOTING = replace(UP, status=VmStatus.POWERING_UP)
LEAVING = replace(UP, status=VmStatus.MIGRATING_FROM, migrating_to="host-2")
THERE = replace(UP, run_on="host-2")
LOST = replace(UP, status=VmStatus.UNKNOWN)
WELL = Vds("host-1", "east", VdsStatus.UP)
UNSURE = replace(WELL, status=VdsStatus.CONNECTING)
DARK = replace(WELL, status=VdsStatus.NON_RESPONSIVE)
NEW = replace(WELL, status=VdsStatus.UNASSIGNED)
TOLD = replace(WELL, capabilities=VdsCapabilities(cpus=4))


def change(before: Vm | Vds | None, after: Vm | Vds | None, *marks: Mark, **more: object) -> Event:
    made = event(before, after, marks, observed_at=1_700_000_000.0, **more)
    assert made is not None
    return made


def shown(*events: Event, console: Console | None = None) -> str:
    out = StringIO()
    view = DemoView(console or Console(file=out, width=60))
    for one in events:
        view.event(one)
    return out.getvalue()


STORIES = [
    (change(None, UP), "appeared"),
    (change(DOWN, None), "forgotten"),
    (change(UP, ENDED), "shut down"),
    (change(UP, CRASHED), "crashed"),
    (change(UP, CRASHED, Mark.CRASHED), "crashed"),
    (change(UP, PAUSED), "paused"),
    (change(PAUSED, UP), "resumed"),
    (change(UP, STUCK), "paused by an error"),
    (change(STUCK, UP), "recovered"),
    (change(UP, UP, Mark.REBOOTED), "guest rebooted"),
    (change(UP, UP, Mark.WATCHDOG), "watchdog fired"),
    (change(LEAVING, THERE, Mark.MIGRATED), "migrated"),
    (change(LEAVING, UP), "migration failed"),
    (change(UP, THERE), "found elsewhere"),
    (change(UP, UP, Mark.SPLIT_BRAIN), "split brain"),
    (change(BOOTING, UP), "started"),
    (change(DOWN, UP), "started"),
    (change(UP, LOST), "not heard of"),
    (change(NEW, WELL), "host is well"),
    (change(WELL, UNSURE), "host does not answer"),
    (change(UNSURE, DARK), "host lost"),
    (change(DARK, WELL), "host is back"),
]


@pytest.mark.parametrize(("told", "words"), STORIES, ids=[words for _, words in STORIES])
def test_each_kind_of_story_is_named_and_counted(told: Event, words: str) -> None:
    out = StringIO()
    view = DemoView(Console(file=out))
    view.event(told)
    assert view.seen == {words: 1}
    assert words in out.getvalue()


@pytest.mark.parametrize(
    "step",
    [
        change(DOWN, BOOTING),
        change(UP, LEAVING),
        change(UP, replace(UP, status=VmStatus.POWERING_DOWN)),
        change(UP, replace(UP, status=VmStatus.REBOOT_IN_PROGRESS)),
        change(replace(UP, status=VmStatus.REBOOT_IN_PROGRESS), UP),
        change(LOST, UP),
        change(UP, replace(UP, name="other")),
        change(WELL, TOLD),
        VmKnown(after=UP),
    ],
)
def test_a_step_on_the_way_is_shown_and_not_counted(step: Event) -> None:
    out = StringIO()
    view = DemoView(Console(file=out))
    view.event(step)
    assert (view.seen, len(out.getvalue().splitlines())) == ({}, 1)


def test_a_vm_that_crashed_here_and_runs_there_was_started_elsewhere() -> None:
    view = DemoView(Console(file=StringIO()))
    elsewhere = replace(BOOTING, run_on="host-2")
    for told in (change(UP, CRASHED), change(CRASHED, elsewhere), change(elsewhere, THERE)):
        view.event(told)
    assert view.seen == {"crashed": 1, "started elsewhere": 1}


def test_a_vm_that_is_started_where_it_crashed_was_just_started() -> None:
    view = DemoView(Console(file=StringIO()))
    for told in (change(UP, CRASHED), change(CRASHED, BOOTING), change(BOOTING, UP)):
        view.event(told)
    assert view.seen == {"crashed": 1, "started": 1}


def test_what_befell_many_alike_in_one_commit_is_one_line_and_counts_as_many() -> None:
    out = StringIO()
    view = DemoView(Console(file=out))
    vms = [replace(UP, id=f"vm-{n}", run_on=f"host-{n % 4}") for n in range(200)]
    hosts = [replace(NEW, id=f"host-{n}") for n in range(4)]
    news = [change(None, host, reason="seen for the first time") for host in hosts]
    news += [change(None, vm, reason="seen for the first time") for vm in vms]
    view.events([*news, change(UP, PAUSED, id="a"), change(UP, PAUSED, id="b")])
    lines = [" ".join(line.split()[1:]) for line in out.getvalue().splitlines()]
    assert lines[:2] == [
        "+ 4 hosts → Unassigned east seen for the first time",
        "+ 200 VMs → Up 4 hosts seen for the first time",
    ]
    assert len(lines) == 4
    assert view.seen == {"appeared": 204, "paused": 2}


def test_a_line_says_what_from_what_to_what_where_and_why() -> None:
    line = shown(change(LEAVING, THERE, Mark.MIGRATED, reason="migrated from host-1 to host-2"))
    parts = ["web-7", "MigratingFrom → Up", "host-1 → host-2", "migrated from host-1 to host-2"]
    assert [part in line for part in parts] == [True] * 4
    assert line[2] == line[5] == ":"


def test_the_columns_of_all_events_line_up() -> None:
    lines = shown(*(told for told, _ in STORIES)).splitlines()
    assert len(lines) == len(STORIES)
    assert {line[11] for line in lines} == {" "}
    assert {line[10] != " " for line in lines} == {True}
    assert {line[22] + line[49] for line in lines} == {"  "}


def test_no_line_is_wider_than_a_hundred_columns_however_long_its_parts() -> None:
    wide = replace(UP, name="漢字" * 20, run_on="host-" + "x" * 80)
    (line,) = shown(change(UP, wide, reason="because " * 40)).splitlines()
    assert cell_len(line) <= 100


def test_on_a_narrow_terminal_an_event_is_still_one_line() -> None:
    out = StringIO()
    console = Console(file=out, width=40, force_terminal=True, color_system=None)
    DemoView(console).event(change(UP, PAUSED, reason="paused on request by somebody"))
    (line,) = out.getvalue().splitlines()
    assert cell_len(line) <= 40


def test_a_pipe_gets_no_colours_and_a_terminal_does() -> None:
    out = StringIO()
    console = Console(file=out, force_terminal=True, color_system="truecolor", width=100)
    shown(change(UP, CRASHED), console=console)
    assert "\x1b[" in out.getvalue()
    assert "\x1b" not in shown(change(UP, CRASHED))


def test_names_and_reasons_of_guests_cannot_steer_the_terminal_nor_the_markup() -> None:
    evil = replace(UP, name="\x1b[31m\r[red]x")
    line = shown(change(None, evil, reason="\x1b]0;title\x07 [bold]why[/bold]"))
    assert "\x1b" not in line
    assert "\r" not in line
    assert "[bold]why[/bold]" in line


def test_a_console_of_plain_ascii_gets_plain_ascii() -> None:
    raw = BytesIO()
    console = Console(file=TextIOWrapper(raw, encoding="ascii", write_through=True))
    view = DemoView(console)
    view.welcome(20, 200, "vürti.db", "http://127.0.0.1:7178")
    for told, _ in STORIES:
        view.event(told)
    view.event(change(UP, replace(UP, name="größe")))
    view.summary(hosts={"Up": 1}, vms={"Up": 2}, events=3, commits=4, lag_secs=0.1)
    view.farewell(database="vürti.db", config="demo.toml", secs=30)
    assert "Up -> Paused" in raw.getvalue().decode("ascii")


def test_the_summary_names_what_is_there_and_adds_up_the_rest() -> None:
    out = StringIO()
    DemoView(Console(file=out)).summary(
        hosts={"Up": 18, "Connecting": 1, "NonResponsive": 1},
        vms={"Up": 190, "Paused": 4, "MigratingFrom": 1, "PoweringUp": 2},
        events=512,
        commits=120,
        lag_secs=0.24,
    )
    text = " ".join(out.getvalue().split())
    assert "18 ok, 1 connecting, 1 nonresponsive" in text
    assert "190 up, 4 paused, 3 moving" in text
    assert "down" not in text
    assert "512 events, 120 commits, lag 0.2 s" in text


@pytest.mark.parametrize("number", [0, 7, 12_345])
def test_a_summary_keeps_to_a_hundred_columns(number: int) -> None:
    out = StringIO()
    hosts = dict.fromkeys(("Up", "Connecting", "NonResponsive", "NonOperational"), number)
    vms = dict.fromkeys(("Up", "Paused", "Down", "Unknown", "MigratingTo"), number)
    view = DemoView(Console(file=out))
    view.summary(hosts=hosts, vms=vms, events=number, commits=number, lag_secs=1.0)
    assert all(len(line) <= 100 for line in out.getvalue().splitlines())
    assert out.getvalue().count(f"{number}") >= 5


def test_the_farewell_counts_the_stories_and_says_how_to_go_on() -> None:
    out = StringIO()
    view = DemoView(Console(file=out, width=60))
    for told in (change(UP, PAUSED), change(UP, PAUSED), change(UP, CRASHED)):
        view.event(told)
    view.farewell(database="/tmp/x/vurti.db", config="/tmp/x/demo.toml", secs=30.4)
    text = out.getvalue()[out.getvalue().index("Seen in 30 s") :]
    assert text.index("paused") < text.index("crashed")
    assert "/tmp/x/vurti.db" in text
    assert "vurti vms /tmp/x/demo.toml" in text
    assert "vurti events /tmp/x/demo.toml" in text


def test_without_a_configuration_no_command_is_offered_that_would_need_it() -> None:
    out = StringIO()
    DemoView(Console(file=out)).farewell(database="vurti.db")
    assert "vurti vms" not in out.getvalue()
