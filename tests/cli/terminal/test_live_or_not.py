"""Whether the screen is live, whether vurti keeps up, and the pieces that a stream comes in."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cli.terminal.telling import NOW
from vurti.cli.terminal.figures import Reading, keeping
from vurti.cli.terminal.sse import MESSAGE_BYTES_MAX, Parser
from vurti.cli.terminal.standing import Phase, Standing

LAG = "vurti_loop_lag_seconds"


def live() -> Standing:
    standing = Standing()
    standing.begun(100.0, NOW)
    return standing


def test_before_anything_is_known_it_is_connecting() -> None:
    assert Standing().phase(0.0) is Phase.CONNECTING


def test_it_is_live_as_long_as_something_is_said_in_time() -> None:
    standing = live()
    assert standing.phase(119.9) is Phase.LIVE
    assert standing.phase(120.1) is Phase.LOST
    assert (standing.silent_secs(120.1), standing.known_at) == (pytest.approx(20.1), NOW)
    standing.word(120.2, NOW + 20)
    assert standing.phase(120.3) is Phase.LIVE


def test_a_stream_that_breaks_is_lost_at_once_and_until_it_has_begun_again() -> None:
    standing = live()
    standing.lost("vurti has ended", 101.0)
    standing.lost("Connection refused", 102.0)
    standing.answered(102.5)
    assert (standing.phase(103.0), standing.why) == (Phase.LOST, "Connection refused")
    standing.begun(105.0, NOW)
    assert (standing.phase(105.0), standing.why) == (Phase.LIVE, "")


def test_while_what_comes_is_old_it_is_behind() -> None:
    standing = live()
    standing.told(NOW - 10.0, 101.0, NOW)
    assert standing.phase(101.1) is Phase.BEHIND
    assert standing.phase(105.0) is Phase.LIVE
    standing.told(NOW - 10.0, 106.0, NOW)
    standing.told(NOW - 0.1, 106.1, NOW)
    assert standing.phase(106.2) is Phase.LIVE


def reading(mono: float, health: dict[str, Any] | None = None, **values: float) -> Reading:
    told = {name: [{"labels": {}, "value": value}] for name, value in values.items()}
    return Reading(mono, told, health or {"checks": {}, "judgement_held": None})


def test_a_vurti_that_is_well_keeps_up() -> None:
    before = reading(0.0, vurti_polls_total=100, vurti_demand=1.0)
    now = reading(2.0, vurti_polls_total=150, vurti_demand=1.0, vurti_unstored_changes=3)
    told = keeping(before, now)
    assert told.wrong == ()
    assert told.figures[:2] == ("25 polls/s", "3 wait to be stored")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"vurti_store_failing_seconds": 12.0}, "the store refuses for 12 s"),
        ({"vurti_unstored_age_seconds": 9.0}, "stores 9 s late"),
        ({"vurti_demand": 0.6}, "asks hosts less often (60%)"),
        ({"vurti_unread_seconds": 4.25}, "reads what hosts tell 4.2 s late"),
        ({"vurti_mailbox_over_total": 4}, "4 found no room"),
        ({f"{LAG}_count": 2, f"{LAG}_sum": 1.0}, "runs 500 ms late"),
    ],
)  # fmt: skip
def test_what_keeps_it_from_that_is_said(values: dict[str, float], words: str) -> None:
    assert keeping(reading(0.0), reading(1.0, **values)).wrong == (words,)


def test_what_its_own_health_says_is_said() -> None:
    health = {"checks": {"polled": {"why": "3 of 9 hosts were not asked yet"}},
              "judgement_held": "half of the fleet is silent"}  # fmt: skip
    assert keeping(None, reading(1.0, health)).wrong == (
        "polled: 3 of 9 hosts were not asked yet",
        "judges no host: half of the fleet is silent",
    )


def test_states_of_hosts_that_are_well_and_older_than_they_should_be_are_said() -> None:
    told = keeping(None, reading(1.0), [1.0, 12.0, 30.0], 4.0)
    assert told.wrong == ("states are older (p95 30 s) than 4.0 s",)
    assert keeping(None, reading(1.0), [1.0] * 20 + [30.0], 4.0).wrong == ()


def test_counters_that_begin_anew_with_vurti_are_counted_from_nought() -> None:
    before, now = reading(0.0, vurti_polls_total=1000), reading(2.0, vurti_polls_total=20)
    assert keeping(before, now).figures[0] == "10 polls/s"


STREAM = (
    b'retry: 2000\n\nid: 7\nevent: VmAdded\ndata: {"cursor":7}\n\n: still here\nid: 9\n\n'
    b"event: bye\ndata: {}\n\n"
)


@given(st.lists(st.integers(0, len(STREAM)), max_size=8))
def test_a_stream_says_the_same_wherever_its_pieces_end(cuts: list[int]) -> None:
    parser, at = Parser(), [0, *sorted(cuts), len(STREAM)]
    pieces = [STREAM[start:end] for start, end in pairwise(at)]
    told = [message for piece in pieces for message in parser.feed(piece)]
    assert [(one.name, one.data, one.id) for one in told] == [
        ("", b"", ""),
        ("VmAdded", b'{"cursor":7}', "7"),
        ("", b"", "9"),
        ("bye", b"{}", ""),
    ]


def test_a_message_without_an_end_is_not_kept() -> None:
    with pytest.raises(ValueError, match="without an end"):
        Parser().feed(b"x" * (MESSAGE_BYTES_MAX + 1))
