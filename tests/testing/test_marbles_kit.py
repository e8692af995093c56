"""The kit itself: that it runs what was drawn, and above all that it fails when it should."""

from collections.abc import Callable

import pytest
import reactivex as rx
from reactivex import operators as ops

from vurti.clock.virtual_clock import VirtualClock
from vurti.events import VmAdded, VmStateChanged, event
from vurti.model import Missed, Snapshot
from vurti.streams.operators import only, settle
from vurti.testing import Marbles, marbles, missed, poll, push, vm

UP, DOWN, PAUSED = vm("vm1", "Up"), vm("vm1", "Down"), vm("vm1", "Paused")


def failure(test: Callable[[Marbles], object]) -> str:
    with pytest.raises(AssertionError) as caught, marbles() as m:
        test(m)
    return str(caught.value)


def test_what_goes_in_comes_out_at_its_ticks_with_the_first_character_heard() -> None:
    with marbles() as m:
        m.expect(m.hot("a-(b,c)-d|"), "a-(b,c)-d|")


def test_spaces_count_for_nothing_and_a_name_of_several_letters_is_one_value() -> None:
    with marbles() as m:
        m.expect(m.hot(" -ab - c "), "-ab-c")


def test_a_cold_source_starts_anew_for_each_subscriber() -> None:
    with marbles() as m:
        cold = m.cold("-a-b|")
        m.expect(rx.concat(cold, cold), "-a-b-a-b|")


def test_an_error_is_expected_by_its_class_or_text() -> None:
    with marbles() as m:
        broken = m.hot("-a-#", error=ValueError("a bug"))
        m.expect(broken, "-a-#")
        m.expect(broken, "-a-#", error=ValueError)
        m.expect(broken, "-a-#", error="a bug")
    assert "a bug" in failure(
        lambda m: m.expect(m.hot("-#", error=ValueError("a bug")), "-#", error=KeyError)
    )


def test_one_character_may_be_any_time() -> None:
    seen: list[float] = []
    with marbles(secs=60) as m:
        source = m.hot("--a--b|")
        m.expect(source.pipe(ops.do_action(lambda _: seen.append(m.clock.now()))), "--a--b|")
    assert seen == [120.0, 300.0]


def test_two_thousand_ticks_are_no_limit() -> None:
    long = "-" * 1999 + "a|"
    with marbles() as m:
        m.expect(m.hot(long), long)


def test_operators_of_reactivex_take_virtual_time() -> None:
    with marbles() as m:
        m.expect(m.hot("-a---b|").pipe(ops.delay(2)), "---a---b|")


def test_only_the_fields_that_the_expectation_sets_are_compared() -> None:
    with marbles() as m:
        changes = m.hot("-a|", a=event(UP, DOWN, seq=7, rule="7.2", host="alpha"))
        m.expect(changes, "-a|", a=VmStateChanged(before=UP, after=DOWN))
        m.expect(changes, "-a|", a=VmStateChanged(rule="7.2"))
    assert "rule: expected 7.3, got 7.2" in failure(
        lambda m: m.expect(
            m.hot("-a|", a=event(UP, DOWN, rule="7.2")), "-a|", a=VmStateChanged(rule="7.3")
        )
    )


def test_the_kind_of_an_event_is_always_compared() -> None:
    text = failure(
        lambda m: m.expect(m.hot("-a|", a=event(UP, DOWN)), "-a|", a=VmAdded(after=DOWN))
    )
    assert "expected VmAdded, got VmStateChanged(" in text


def test_a_nested_field_that_differs_is_named_by_its_path() -> None:
    text = failure(
        lambda m: m.expect(
            m.hot("-a|", a=event(UP, PAUSED)), "-a|", a=VmStateChanged(before=UP, after=DOWN)
        )
    )
    assert "after.status: expected Down, got Paused" in text


def test_a_failure_shows_both_diagrams_aligned_and_marks_the_first_difference() -> None:
    text = failure(
        lambda m: m.expect(m.hot("-a--b--c|", a=1, b=2, c=3), "-a-(a,b)c|", a=1, b=2, c=3)
    )
    assert text.splitlines()[2:] == [
        "expected  -a-(a,b)----c|",
        "got       -a--    b--c|",
        "             ^ expected a at 3 s, got b at 4 s",
        "  a = 1",
        "  b = 2",
        "  c = 3",
    ]


def test_what_was_never_expected_is_drawn_under_a_letter_of_its_own_and_told_below() -> None:
    text = failure(
        lambda m: m.expect(m.hot("-a|", a=event(UP, PAUSED)), "-a|", a=VmStateChanged(after=DOWN))
    )
    lines = text.splitlines()[2:]
    assert lines[:2] == ["expected  -a|", "got       -A|"]
    assert lines[2].startswith("           ^ a at 1 s: after.status")
    assert lines[-1].startswith("  A = VmStateChanged(before=Vm(id=vm1, status=Up), after=")


@pytest.mark.parametrize(
    ("said", "expected", "told"),
    [
        ("-a|", "-a-", "expected nothing more, got |"),
        ("-a-", "-a|", "expected |, got nothing more"),
        ("-a--|", "----|", "expected | at 4 s, got a at 1 s"),
        ("----|", "-a--|", "expected a at 1 s, got | at 4 s"),
        ("-a--|", "--a-|", "expected a at 2 s, got a at 1 s"),
        ("-a-a|", "-a--|", "got a at 3 s"),
        ("-b--|", "-a--|", "expected a, got b"),
        ("-(b,a)|", "-(a,b)|", "expected a, got b"),
        ("-a-----b", "-a-", "expected nothing more, got b"),
        ("-a-#", "-a-|", "expected |, got #"),
    ],
)
def test_a_wrong_diagram_fails(said: str, expected: str, told: str) -> None:
    assert told in failure(lambda m: m.expect(m.hot(said), expected))


@pytest.mark.parametrize("text", ["-a|b", "-#-a", "a,b", "-(a", "-a)", "-|-|"])
def test_what_is_no_diagram_is_refused(text: str) -> None:
    with marbles() as m:
        m.expect(m.hot("|"), "|")
        with pytest.raises(ValueError, match=r"diagram|its end"):
            m.hot(text)


def test_a_name_without_a_value_is_refused() -> None:
    with marbles() as m:
        m.expect(m.hot("|"), "|")
        with pytest.raises(ValueError, match="'b' has no value; there are: a"):
            m.hot("-a-b|", a=1)


def test_a_test_that_expects_nothing_fails() -> None:
    assert "expects nothing" in failure(lambda m: m.hot("-a|"))


def test_a_task_that_is_left_over_is_named() -> None:
    def leave(m: Marbles) -> None:
        m.expect(m.hot("-a|"), "-a|")
        m.clock.spawn(m.clock.sleep_until, 1e9)

    assert "task or timer: VirtualClock.sleep_until" in failure(leave)


def test_a_timer_that_is_left_over_is_found() -> None:
    def leave(m: Marbles) -> None:
        m.expect(m.hot("-a|"), "-a|")
        m.scheduler.schedule_relative(1e9, lambda *_: None)

    assert "task or timer: Wheel" in failure(leave)


def test_a_subscription_that_is_left_over_is_named_by_its_diagram() -> None:
    def leave(m: Marbles) -> None:
        source = m.hot("-a-")
        m.expect(source, "-a-")
        source.subscribe()

    assert "subscription to -a-" in failure(leave)


def test_what_a_task_raises_fails_the_test() -> None:
    def wrong(m: Marbles) -> None:
        m.expect(m.hot("-a|"), "-a|")
        m.clock.spawn(int, "no number")

    assert "a task raised" in failure(wrong)


def test_an_error_of_the_test_itself_is_not_hidden_by_what_it_left() -> None:
    def wrong(m: Marbles) -> None:
        m.expect(m.hot("-a-"), "never checked")
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"), marbles() as m:
        wrong(m)


def test_a_poll_started_when_the_diagram_gives_it_out_unless_it_was_told() -> None:
    seen: list[Snapshot | Missed] = []
    with marbles() as m:
        polls = m.hot("-u-t-x|", u=poll(UP), t=poll(UP, started=0.5), x=missed("timeout"))
        polls.subscribe(seen.append)
        m.expect(polls.pipe(ops.ignore_elements()), "------|")
    assert [one.started for one in seen] == [1.0, 0.5, 5.0]


def test_a_missed_poll_removes_nothing() -> None:
    """The example of the README of the kit, through the very rules of production."""
    with marbles() as m:
        polls = m.hot("-u-x-x-d|", u=poll(UP), x=missed("timeout"), d=poll(DOWN))
        m.expect(
            m.stream("vms", polls),
            "-a-----s|",
            a=VmAdded(after=UP),
            s=VmStateChanged(before=UP, after=DOWN),
        )


def test_a_push_is_heard_as_a_poll_is() -> None:
    with marbles() as m:
        inputs = m.hot("-u--p--|", u=poll(UP), p=push(PAUSED))
        m.expect(
            m.stream("vms", inputs),
            "-a--s--|",
            a=VmAdded(after=UP),
            s=VmStateChanged(before=UP, after=PAUSED),
        )


def test_a_chain_by_name_runs_behind_the_rules() -> None:
    def quiet(events: rx.Observable) -> rx.Observable:  # type: ignore[type-arg]  # any will do
        return events.pipe(settle(3), only(kinds=["VmStateChanged"]))

    with marbles(chains={"quiet": quiet}) as m:
        polls = m.hot("-u-----p-u------p-----|", u=poll(UP), p=poll(PAUSED))
        m.expect(
            m.stream("quiet", polls),
            "-------------------s--|",
            s=VmStateChanged(before=UP, after=PAUSED),
        )


def test_the_polls_themselves_are_a_stream() -> None:
    with marbles() as m:
        polls = m.hot("-u-x|", u=poll(UP), x=missed("network"))
        m.expect(m.stream("polls", polls), "-u-x|", u=poll(UP), x=missed("network"))


def test_an_unknown_stream_is_refused_with_the_nearest_name() -> None:
    with marbles(chains={"quiet": only()}) as m:
        m.expect(m.hot("|"), "|")
        with pytest.raises(ValueError, match="no stream 'quite'; did you mean 'quiet'"):
            m.stream("quite", m.hot("|"))


def test_the_virtual_clock_is_part_of_the_kit() -> None:
    with marbles() as m:
        m.expect(m.hot("|"), "|")
        assert isinstance(m.clock, VirtualClock)


def test_times_agree_to_the_millisecond_and_no_further() -> None:
    def late(secs: float) -> Callable[[Marbles], None]:
        return lambda m: m.expect(m.hot("-a---|").pipe(ops.delay(secs)), "--a---|")

    with marbles() as m:
        late(1.001)(m)
    assert "got a at 2.01 s" in failure(late(1.01))
