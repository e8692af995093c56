"""What is kept of why, and when it is new."""

from hypothesis import given
from hypothesis import strategies as st

from vurti.events import Event, event
from vurti.model import Decision, Evidence, Row, Timer, TimerKey, Vm, VmStatus
from vurti.model.explanation import ACCEPTED_MAX, REJECTED_MAX, Explanation, Said, Waiting
from vurti.updaters.explanations import Explanations

WALL = 1_700_000_000.0
UP, PAUSED = (Vm("v", "web", status, "A") for status in (VmStatus.UP, VmStatus.PAUSED))
STALE = Evidence("v", "10.3 asked before the last change", "A", 99.0, rejected=True)


class Bench:
    """A follower at rate 15 s, and decisions made by hand, a second apart."""

    def __init__(self, *stored: Explanation) -> None:
        self.at = 100.0
        self.number = 0
        self.explanations = Explanations(lambda: self.at, 15.0, stored)

    def decide(
        self,
        *evidence: Evidence,
        events: tuple[Event | None, ...] = (),
        timers: tuple[Timer, ...] = (),
        changes: tuple[Row, ...] = (),
    ) -> None:
        self.at += 1
        self.number += 1
        told = tuple(one for one in events if one is not None)
        self.explanations.follow(
            Decision(self.number, self.at, WALL + self.at, changes, told, timers=timers,
                     evidence=evidence)
        )  # fmt: skip

    def due(self) -> list[Explanation]:
        """All that is due once its time has come."""
        self.at += 15
        return self.explanations.due(self.number)

    @property
    def kept(self) -> Explanation:
        known = self.explanations.of("v")
        assert known is not None
        return known


def test_a_rule_is_kept_with_its_host_and_when_it_was_asked_and_decided_by_the_wall() -> None:
    bench = Bench()
    paused = event(UP, PAUSED, rule="7.2 paused", reason="paused on request", id="i")
    bench.decide(Evidence("v", "7.2 paused", "A", asked=100.4), events=(paused,))
    (said,) = bench.kept.accepted
    assert said == Said("7.2 paused", WALL + 101, "A", WALL + 100.4, "paused on request",
                        changed=True)  # fmt: skip
    assert bench.due() == [Explanation("v", WALL + 101, (said,))]


def test_an_event_without_evidence_explains_as_well() -> None:
    bench = Bench()
    bench.decide(events=(event(UP, PAUSED, rule="R6", reason="its host is gone", host="A"),))
    assert [(one.rule, one.about, one.host) for one in bench.kept.accepted] == [
        ("R6", "its host is gone", "A")
    ]


def test_a_word_that_is_rejected_again_and_again_is_counted_and_new_only_at_doubling_counts() -> (
    None
):
    bench, written = Bench(), []
    for _ in range(20):
        bench.decide(STALE)
        written += [one.rejected[0].times for one in bench.due()]
    assert [one.times for one in bench.kept.rejected] == [20]
    assert written == [1, 2, 4, 8, 16]


def test_two_words_that_are_rejected_in_turn_are_counted_each() -> None:
    bench = Bench()
    other = Evidence("v", "10.4 older than the host's last word", "B", rejected=True)
    for _ in range(4):
        bench.decide(STALE, other)
    assert [one.times for one in bench.kept.rejected] == [4, 4]


def test_the_same_rule_that_changed_the_state_twice_is_told_twice() -> None:
    bench = Bench()
    for ends in ((UP, PAUSED), (PAUSED, UP)):
        told = event(*ends, rule="7.2 status", id="i")
        bench.decide(Evidence("v", "7.2 status", "A"), events=(told,))
    assert [one.times for one in bench.kept.accepted] == [1, 1]


def test_nothing_is_due_before_its_rate_nor_before_its_decision_is_stored() -> None:
    bench = Bench()
    bench.decide(STALE)
    assert len(bench.due()) == 1
    bench.decide(Evidence("v", "7.2 status", "A"))
    assert bench.explanations.due(bench.number) == []
    bench.at += 15
    assert bench.explanations.due(bench.number - 1) == []
    assert len(bench.explanations.due(bench.number)) == 1
    assert bench.due() == []


def test_what_could_not_be_stored_is_due_again() -> None:
    bench = Bench()
    bench.decide(STALE)
    bench.explanations.put_back(bench.due())
    assert len(bench.due()) == 1


def test_a_timer_is_told_until_it_is_taken_back() -> None:
    bench, key = Bench(), TimerKey("vanished", "v")
    bench.decide(timers=(Timer(key, 111.5),))
    assert bench.kept.waiting == (Waiting("vanished", WALL + 111.5),)
    assert len(bench.due()) == 1
    bench.decide(timers=(Timer(key, None),))
    assert bench.kept.waiting == ()
    assert len(bench.due()) == 1


def test_a_timer_that_is_set_anew_to_the_same_moment_is_no_news() -> None:
    bench, key = Bench(), TimerKey("grace", "v")
    bench.decide(timers=(Timer(key, 9000.0),))
    bench.due()
    bench.decide(timers=(Timer(key, 9000.0),))
    assert bench.due() == []


def test_timers_of_expectations_are_not_taken_for_those_of_a_thing() -> None:
    bench = Bench()
    bench.decide(timers=(Timer(TimerKey("expectation", "v"), 200.0),))
    assert bench.explanations.of("v") is None


def test_what_was_forgotten_needs_no_explanation() -> None:
    bench = Bench()
    bench.decide(STALE, changes=(Row(UP, deleted=True),))
    assert bench.explanations.of("v") is None
    assert bench.due() == []


def test_a_story_goes_on_after_a_restart_without_the_timers_of_before() -> None:
    past = Said("7.3 ended", WALL, "A", changed=True)
    bench = Bench(Explanation("v", WALL, (past,), waiting=(Waiting("forget", WALL + 9e4),)))
    assert (bench.kept.accepted, bench.kept.waiting, bench.due()) == ((past,), (), [])
    bench.decide(timers=(Timer(TimerKey("forget", "v"), 9000.0),))
    assert [one.accepted for one in bench.due()] == [(past,)]


WORDS = st.builds(
    Evidence,
    st.sampled_from("vw"),
    st.sampled_from([f"rule {number}" for number in range(9)]),
    st.sampled_from("AB"),
    rejected=st.booleans(),
    about=st.text(max_size=500),
)


@given(st.lists(st.lists(WORDS, max_size=4), max_size=40))
def test_whatever_is_told_what_is_kept_is_bounded_and_no_repeat_is_lost(
    decisions: list[list[Evidence]],
) -> None:
    bench = Bench()
    for evidence in decisions:
        bench.decide(*evidence)
    for thing in "vw":
        known = bench.explanations.of(thing)
        told = [one for evidence in decisions for one in evidence if one.thing == thing]
        assert (known is not None) == bool(told)
        if known is not None:
            assert len(known.accepted) <= ACCEPTED_MAX
            assert len(known.rejected) <= REJECTED_MAX
            assert all(len(one.about) <= 200 for one in (*known.accepted, *known.rejected))
            last = told[-1]
            kept = known.rejected if last.rejected else known.accepted
            assert (kept[-1].rule, kept[-1].host) == (last.rule, last.host)
