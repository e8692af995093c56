"""Whatever happens to hosts, in any order: the sick are found out, the well are left alone."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from vurti.decide import Rules
from vurti.model import (
    Absence,
    Answer,
    Intent,
    IntentKind,
    IntentState,
    Miss,
    Missed,
    Question,
    Snapshot,
    Suspected,
    Suspicion,
    Vds,
    VdsCapabilities,
    VdsCapabilitiesAnswer,
    VdsStatistics,
    VdsStatisticsAnswer,
    VdsStatus,
    VmStatesAnswer,
)
from vurti.testing.fold import Fold

pytestmark = pytest.mark.slow

STATUS_SECS, STATISTICS_EVERY = 5.0, 3
QUIET_SECS, GRACE_SECS = 30.0, 60.0
AT_ONCE = 4 * STATUS_SECS
"""So many polls are enough to find out, also behind a stall that excused what was missed in it."""

HOSTS = [f"h{number}" for number in range(6)]
ANSWERS: dict[Question, Answer] = {
    Question.VMS: VmStatesAnswer({}, absence=Absence.GONE),
    Question.VDS_STATISTICS: VdsStatisticsAnswer(VdsStatistics(vm_count=0)),
    Question.CAPABILITIES: VdsCapabilitiesAnswer(VdsCapabilities(kvm_enabled=True)),
}
SICK = st.sampled_from([Miss.NETWORK, Miss.TIMEOUT, Miss.NAME_RESOLUTION, Miss.DECODE])
"""How a host that is sick meets every question."""

spells = st.lists(
    st.tuples(
        st.sampled_from(HOSTS),
        st.floats(30, 900),  # when it falls sick
        st.floats(1, 300),  # for how long
        SICK,
    ),
    max_size=10,
)
stalls = st.lists(st.tuples(st.floats(30, 1200), st.sampled_from(list(Suspected))), max_size=12)


class History:
    """Hosts that are asked in turn, some of which are sick at times."""

    def __init__(self, spells: list[tuple[str, float, float, Miss]]) -> None:
        rules = Rules(intents=tuple(IntentKind), quiet_secs=QUIET_SECS, fence_quiet_secs=0)
        self.fold = Fold(hosts=[Vds(name, status=VdsStatus.UP) for name in HOSTS], rules=rules)
        self.start = self.fold.at
        self.spells = spells

    def sick(self, host: str) -> Miss | None:
        now = self.fold.at - self.start
        of = [
            kind for name, at, secs, kind in self.spells if name == host and at <= now < at + secs
        ]
        return of[0] if of else None

    def ask(self, host: str, question: Question) -> None:
        """The question, and whatever is asked because of its answer."""
        kind = self.sick(host)
        if kind is not None:
            self.fold.give(Missed(host, question, kind, "", self.fold.at))
            return
        decision = self.fold.give(Snapshot(host, self.fold.at, ANSWERS[question]))
        for query in decision.queries:
            self.ask(host, Question(query.question))

    def is_up(self, host: str) -> bool:
        return self.status(host) is VdsStatus.UP

    def few_connecting(self) -> bool:
        """Not so many that vurti suspects the network."""
        return self.fold.view.statuses[VdsStatus.CONNECTING] < len(HOSTS) / 4

    def status(self, host: str) -> VdsStatus:
        known = self.fold.vds(host)
        assert known is not None
        return known.status


@settings(max_examples=60, deadline=None)
@given(spells, stalls)
@example(
    [
        ("h0", 291.0, 224.0, Miss.NETWORK),
        ("h2", 348.0, 148.0, Miss.NETWORK),
        ("h1", 291.0, 205.0, Miss.NETWORK),
    ],
    [],
)
@example([("h0", 316.0, 85.0, Miss.NETWORK)], [(371.0, Suspected.CLOCK)])
def test_the_well_are_left_alone_and_the_sick_are_found_out(
    spells: list[tuple[str, float, float, Miss]], suspicions: list[tuple[float, Suspected]]
) -> None:
    history, waiting = History(spells), sorted(suspicions, key=lambda one: one[0])
    fold, held_until = history.fold, history.start + QUIET_SECS
    well = set(HOSTS) - {spell[0] for spell in spells}
    heard = dict.fromkeys(HOSTS, history.start)
    judged = True
    for beat in range(int(1200 / STATUS_SECS)):
        while waiting and fold.at - history.start >= waiting[0][0]:
            fold.give(Suspicion(waiting.pop(0)[1], 20))
            held_until = fold.at + QUIET_SECS
        decided = len(fold.decisions)
        for host in HOSTS:
            heard[host] = fold.at if history.sick(host) is None else heard[host]
            history.ask(host, Question.VMS)
            if beat % STATISTICS_EVERY == 0:
                history.ask(host, Question.VDS_STATISTICS)
        assert {history.status(host) for host in well} <= {VdsStatus.UP}
        silent = {host: fold.at - heard[host] for host in HOSTS}
        assert not [host for host in HOSTS if silent[host] > AT_ONCE and history.is_up(host)]
        if fold.at < held_until:
            assert not fences(fold, decided)
        elif fold.at > held_until + AT_ONCE and judged and history.few_connecting():
            late = [host for host in HOSTS if silent[host] > GRACE_SECS + AT_ONCE]
            assert {history.status(host) for host in late} <= {VdsStatus.NON_RESPONSIVE}
        judged = history.few_connecting()  # who was asked before that is judged when asked again
        fold.wait(STATUS_SECS)


def fences(fold: Fold, since: int) -> list[Intent]:
    """The fencing that was asked for since then."""
    intents = [one for decision in fold.decisions[since:] for one in decision.intents]
    return [one for one in intents if one.kind is IntentKind.FENCE_HOST and is_open(one)]


def is_open(intent: Intent) -> bool:
    return intent.state is IntentState.OPEN
