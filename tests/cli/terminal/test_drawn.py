"""What is on the screen, at any size, and what the keys do."""

import time

import pytest
from rich.cells import cell_len

from tests.api.conftest import HOSTILE
from tests.cli.terminal.drawing import Drawn, run
from tests.cli.terminal.telling import NOW, ages, begun, host, told, vm
from vurti.cli.terminal.drawn.palette import DARK, LIGHT, PLAIN, Palette
from vurti.cli.terminal.figures import Reading
from vurti.cli.terminal.following import Answered, Lost, Unanswered
from vurti.cli.terminal.told import Explained, Said
from vurti.model import VdsStatus, VmStatus

HOSTS = [host("a1"), host("a2", "NonResponsive"), host("b1", cluster="west")]
VMS = [vm("v1", "a1", name="web"), vm("v2", "a2", "Unknown", name="db"), vm("v3", "b1")]
WELL = Reading(1000.0, {}, {"checks": {}, "judgement_held": None})


def test_the_first_screen_says_whether_it_is_live_how_the_fleet_is_and_whether_vurti_keeps_up() -> (
    None
):
    async def shown() -> None:
        async with Drawn() as drawn:
            assert "connecting" in drawn.lines()[0]
            await drawn.know(HOSTS, VMS)
            await drawn.hear(WELL)
            await drawn.happen(
                told("VdsStateChanged", "a2", "Connecting", "NonResponsive", reason="no answer")
            )
            head, text = drawn.lines()[:4], drawn.text()
            assert "● live" in head[0]
            assert "✖ 1 NonResponsive" in head[1]
            assert "● 2 Up" in head[1]
            assert "? 1 Unknown" in head[2]
            assert "● keeps up" in head[3]
            assert "host lost" in text
            first = next(line for line in drawn.lines() if "a2" in line)
            assert first.split()[:3] == ["✖", "NonResponsive", "a2"]
            assert "no answer" in first

    run(shown())


@pytest.mark.parametrize("size", [(20, 6), (40, 12), (80, 24), (139, 30), (140, 30), (200, 60)])
def test_at_every_size_each_line_is_just_as_wide_as_the_terminal(size: tuple[int, int]) -> None:
    async def shown() -> None:
        async with Drawn(*size) as drawn:
            await drawn.know(HOSTS, VMS)
            for keys in ("c", "e", "v", "slash", "escape", "enter", "escape", "question_mark"):
                await drawn.press(keys)
                widths = {cell_len(line) for line in drawn.lines()}
                assert (widths, len(drawn.lines())) == ({size[0]}, size[1]), keys

    run(shown())


def test_no_status_of_a_host_or_a_vm_is_cut() -> None:
    hosts = [host(f"h{place}", status) for place, status in enumerate(VdsStatus)]
    vms = [vm(f"v{place}", "h0", status) for place, status in enumerate(VmStatus)]

    async def shown() -> None:
        async with Drawn(100, 60) as drawn:
            await drawn.know(hosts, vms)
            for keys, things in (("h", hosts), ("v", vms)):
                await drawn.press(keys)
                lines = [line.split()[1:3] for line in drawn.lines()]
                assert [one for one in things if [one.status, one.id] not in lines] == []

    run(shown())


MARKUP = "[bold red]x[/] [@click=app.quit]y[/]"


@pytest.mark.parametrize("name", [HOSTILE, MARKUP, "\x1b]0;owned\x07", "x" * 1_000_000, "日" * 99])
def test_whatever_a_guest_is_called_nothing_of_it_acts(name: str) -> None:
    async def shown() -> None:
        async with Drawn(120, 40) as drawn:
            await drawn.know([host(name, cluster=name)], [vm("v", name, "Paused", name=name)])
            await drawn.happen(
                told("VmStateChanged", "v", "Up", "Paused", name=name, host=name, reason=name,
                     run_on=name)
            )  # fmt: skip
            found = Explained("v", name, status="Paused", decided=Said(name, NOW, name, about=name),
                              exit_message=name)  # fmt: skip
            for keys in ("h", "c", "e", "v", "enter"):
                await drawn.press(keys)
                await drawn.hear(Answered("vms", "v", found))
                assert all(one.text.isprintable() for one in drawn.segments())
                assert {cell_len(line) for line in drawn.lines()} == {120}
            if name == MARKUP:
                assert MARKUP in drawn.text()
            assert drawn.follower.running

    run(shown())


def test_what_is_stale_is_never_shown_in_the_colour_of_what_is_well() -> None:
    async def shown() -> None:
        async with Drawn() as drawn:
            await drawn.know([host("a1")], [vm("v1", "a1")])
            table = range(5, 16)
            assert DARK.tones["good"] in drawn.colours(table)
            await drawn.hear(ages("a1", old=60.0))
            for key in ("h", "v"):
                await drawn.press(key)
                assert DARK.tones["good"] not in drawn.colours(table)
                assert "▒ stale" in drawn.text()
            assert "1 stale" in drawn.lines()[1]

    run(shown())


def test_while_vurti_cannot_be_reached_nothing_on_the_screen_is_green_and_the_first_line_says_why(
) -> None:  # fmt: skip
    async def shown() -> None:
        async with Drawn() as drawn:
            await drawn.know(HOSTS, VMS)
            await drawn.hear(WELL, Lost("Connection refused", drawn.mono))
            drawn.pass_time(7.0)
            await drawn.hear()
            assert "NOT LIVE" in drawn.lines()[0]
            assert "as of 7 s ago: Connection refused" in drawn.lines()[0]
            assert DARK.tones["good"] not in drawn.colours()
            await drawn.know(HOSTS, VMS, ages=ages("a1", "a2", "b1", now=NOW + 7))
            assert "● live" in drawn.lines()[0]
            assert DARK.tones["good"] in drawn.colours()

    run(shown())


def test_silence_for_longer_than_vurti_is_ever_silent_is_as_bad() -> None:
    async def shown() -> None:
        async with Drawn() as drawn:
            await drawn.know(HOSTS, VMS)
            drawn.pass_time(19.0)
            await drawn.hear()
            assert "live" in drawn.lines()[0]
            drawn.pass_time(2.0)
            await drawn.hear()
            assert "NOT LIVE" in drawn.lines()[0]
            assert "not a word for 21 s" in drawn.lines()[0]

    run(shown())


def test_where_vurti_refuses_to_tell_how_it_does_that_is_said() -> None:
    async def shown() -> None:
        async with Drawn(120) as drawn:
            await drawn.know(HOSTS, VMS)
            await drawn.hear(WELL, Unanswered("that token is not known"))
            assert "keeps up" in drawn.lines()[3]
            drawn.pass_time(31.0)
            await drawn.happen()
            assert "? has not told how it does: that token is not known" in drawn.lines()[3]
            await drawn.hear(Reading(drawn.mono, {}, WELL.health))
            assert "● keeps up" in drawn.lines()[3]

    run(shown())


def test_where_colours_are_not_wanted_there_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    async def shown() -> None:
        async with Drawn(palette=PLAIN) as drawn:
            await drawn.know(HOSTS, VMS)
            assert drawn.colours() <= {"default"}
            assert any(one.style is not None and one.style.reverse for one in drawn.segments())

    run(shown())


def test_a_search_narrows_down_and_escape_shows_all_again() -> None:
    async def shown() -> None:
        async with Drawn() as drawn:
            await drawn.know(HOSTS, VMS)
            await drawn.press("slash", *"west", "enter")
            rows = "\n".join(drawn.lines()[5:])
            assert "b1" in rows
            assert "a1" not in rows
            assert "only 'west'" in rows
            await drawn.press("escape")
            assert "a1" in "\n".join(drawn.lines()[5:])

    run(shown())


def test_enter_goes_from_a_cluster_to_its_hosts_to_a_vm_and_its_story_and_escape_back() -> None:
    async def shown() -> None:
        async with Drawn(170, 30) as drawn:
            await drawn.know(HOSTS, VMS)
            await drawn.press("c", "enter")
            assert "only 'east'" in drawn.text()
            await drawn.press("enter")
            assert "its VMs, worst first" in drawn.text()
            assert ("hosts", "a2") in drawn.follower.asked
            await drawn.press("enter")
            assert ("vms", "v2") in drawn.follower.asked
            assert "is asked for" in drawn.text()
            event = told("VmStateChanged", "v2", "Up", "Unknown", host="a2", rule="R6",
                         reason="its host a2 does not answer")  # fmt: skip
            said = Said("R6", NOW, "a2", NOW - 0.004, "its host a2 does not answer")
            found = Explained("v2", "db", status="Unknown", rule="R6", decided=said,
                              accepted=[said], events=[event])  # fmt: skip
            await drawn.hear(Answered("vms", "v2", found))
            text = drawn.text()
            assert "because its host a2 does not answer  [R6]  on the word of a2" in text
            assert "not heard of" in text
            assert text.count("asked 4 ms before") == 2
            await drawn.press("escape", "escape")
            assert "hosts, worst first" in drawn.text()

    run(shown())


def test_a_vm_that_vurti_does_not_know_is_told_so() -> None:
    async def shown() -> None:
        async with Drawn() as drawn:
            await drawn.know(HOSTS, VMS)
            await drawn.press("v", "enter")
            await drawn.hear(Answered("vms", "v2", None, "there is no VM 'v2'"))
            assert "there is no VM 'v2'" in drawn.text()

    run(shown())


def test_the_events_can_be_held() -> None:
    async def shown() -> None:
        async with Drawn() as drawn:
            await drawn.know(HOSTS, VMS)
            await drawn.press("p")
            await drawn.happen(told("VmStateChanged", "v1", "Up", "Paused", run_on="a1"))
            assert "held, 1 more since" in drawn.text()
            assert "paused on" not in drawn.text()
            await drawn.press("p")
            assert "‖ paused" in drawn.text()

    run(shown())


def test_the_cursor_stays_with_its_host_wherever_that_goes() -> None:
    async def shown() -> None:
        async with Drawn() as drawn:
            await drawn.know(HOSTS, VMS)
            await drawn.press("down", "down")
            await drawn.happen(told("VdsStateChanged", "b1", "Up", "NonResponsive", at=NOW))
            await drawn.press("enter")
            assert "host b1" in drawn.text()

    run(shown())


def test_why_a_host_is_bad_is_asked_for_where_no_event_has_told_it() -> None:
    async def shown() -> None:
        async with Drawn(100, 30) as drawn:
            await drawn.know(HOSTS, VMS)
            assert drawn.follower.asked == [("hosts", "a2")]
            why = Said("R6", NOW, about="vms network: no route")
            found = Explained("a2", rule="R6", accepted=[why])
            drawn.app.known.fleet.hosts["a2"].rule = "R6"
            await drawn.hear(Answered("hosts", "a2", found))
            assert "vms network: no route" in drawn.text()
            await drawn.hear()
            assert drawn.follower.asked == [("hosts", "a2")]

    run(shown())


def test_light_and_dark_change_by_a_key() -> None:
    async def shown() -> None:
        async with Drawn() as drawn:
            await drawn.know(HOSTS, VMS)
            assert LIGHT.tones["bad"] not in drawn.colours()
            await drawn.press("t")
            assert LIGHT.tones["bad"] in drawn.colours()
            assert DARK.tones["bad"] not in drawn.colours()

    run(shown())


def test_the_help_names_every_key_that_is_shown_below_the_tables() -> None:
    async def shown() -> None:
        async with Drawn(200, 60) as drawn:
            keys = drawn.lines()[-1].split()[::2]
            await drawn.press("question_mark")
            told = "".join(drawn.lines()[5:20])
            assert {key for key in keys if key not in told} <= {"↵", "?"}
            await drawn.press("escape")
            assert "hosts, worst first" in drawn.text()

    run(shown())


@pytest.mark.parametrize("palette", [DARK, LIGHT], ids=["dark", "light"])
def test_every_tone_can_be_read_on_every_ground(palette: Palette) -> None:
    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (
            one / 12.92 if one <= 0.03928 else ((one + 0.055) / 1.055) ** 2.4 for one in parts
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    inks = {name: ink for name, ink in palette.tones.items() if name != "line"}
    for name, ink in {**inks, "text": palette.text}.items():
        for ground in (palette.ground, palette.raised, palette.chosen):
            light, dark = sorted((luminance(ink), luminance(ground)), reverse=True)
            assert (light + 0.05) / (dark + 0.05) >= 4.5, (name, ground)


@pytest.mark.slow
def test_a_hundred_thousand_vms_cost_little_to_look_at() -> None:
    """CPU, not wall time: what a busy machine adds is not the program's."""
    hosts = [host(f"h{n}", cluster=f"c{n % 40}") for n in range(5000)]
    vms = [vm(f"v{n}", f"h{n % 5000}") for n in range(100_000)]

    async def shown() -> None:
        async with Drawn(120, 40) as drawn:
            await drawn.hear(begun(hosts, vms))
            await drawn.press("v")
            spent = time.process_time()
            for _ in range(20):
                await drawn.press("pagedown")
            assert (time.process_time() - spent) / 20 < 0.25
            await drawn.press("h")
            spent = time.process_time()
            for second in range(10):
                drawn.pass_time(1.0)
                event = told("VmStateChanged", f"v{second}", "Up", "Paused", run_on=f"h{second}")
                await drawn.happen(event)
            assert (time.process_time() - spent) / 10 < 0.25
            assert "100,000" in drawn.lines()[2]

    run(shown())
