"""The connection is cut around COMMIT, again and again: nothing is there twice, or missing.

VURTI_CUT_COMMITS says how many commits are to come through it; the log says what befell them.
"""

import os
import random
import sys
from collections import Counter

import pytest

from tests.postgres.proxy import Cut, Proxy
from tests.repository.stores import ServerStore
from vurti.errors import Fenced, StoreError
from vurti.events import event
from vurti.model import Expectation, Intent, IntentKind, Row, Vm, VmStatus
from vurti.model.commit import Commit
from vurti.model.expectation import Awaited
from vurti.repository import open_for_reading, open_repository, replayed

pytest.importorskip("psycopg")
pytestmark = pytest.mark.postgres

COMMITS = int(os.environ.get("VURTI_CUT_COMMITS", "80"))
WORDS = {True: "it was in", False: "it was not", "again": "it may have been in before"}
STATES = (VmStatus.UP, VmStatus.PAUSED, VmStatus.DOWN)


def story(dice: random.Random) -> list[Commit]:
    """Commits of a few VMs that come, change and go; each event's id says which it is."""
    known: dict[str, Row] = {}
    commits = []
    for number in range(1, COMMITS + 1):
        rows, told = [], []
        for id_ in dice.sample([f"vm{n}" for n in range(12)], dice.randint(1, 6)):
            row = known.pop(id_, None)
            before, seq = row and row.value, row.seq + 1 if row else number
            after = Vm(id_, f"in {number}", dice.choice(STATES), f"h{number}")
            gone = before is not None and dice.random() < 0.15
            rows.append(Row(before if gone else after, seq, 0.0, float(number), "r", gone))
            told.append(event(before, None if gone else after, id=f"{number}.{id_}", seq=seq,
                              seq_first=seq, rule="r", observed_at=float(number)))  # fmt: skip
            if not gone:
                known[id_] = rows[-1]
        waited = (Expectation(f"x{number}", Awaited.START, "v", 1.0, 9.0),)
        raised = (Intent(f"i{number}", IntentKind.RESTART_VM, "v", 1.0, 9.0),)
        commits.append(Commit(number, number, (), tuple(rows), tuple(told), waited, raised))
    return commits


@pytest.mark.parametrize("lingers", [False, True], ids=["ends", "lingers"])
def test_contract_6_nothing_is_there_twice_and_nothing_is_missing(
    server_store: ServerStore, worker, lingers
) -> None:
    dice = random.Random(f"lost {lingers}")
    commits, outcomes = story(dice), Counter()
    with Proxy(server_store.server.port) as proxy:
        proxy.keep_open = lingers
        url = server_store.url.replace(f":{server_store.server.port}/", f":{proxy.port}/")
        with open_repository(url, "system", worker) as repository:
            repository.start()
            cursor = 0
            for commit in commits:
                cursor += len(commit.events)
                may_be_in = False
                while True:
                    cut = proxy.cut = dice.choice([None] * 4 + [*Cut])
                    try:
                        assert repository.commit(commit) == cursor
                        break
                    except Fenced:
                        raise
                    except StoreError:
                        stored = last_cursor(server_store) == cursor
                        outcomes[cut, "again" if may_be_in else stored] += 1
                        may_be_in |= cut is not Cut.BEFORE_COMMIT
                    finally:
                        proxy.cut = None
            assert proxy.cuts == sum(outcomes.values()) > COMMITS / 2

    check(server_store.url, commits)
    for (cut, stored), times in sorted(outcomes.items(), key=str):
        sys.stdout.write(f"{times:6} cut {cut and cut.value}: {WORDS[stored]}\n")
    assert outcomes[Cut.BEFORE_COMMIT, True] == 0
    assert outcomes[Cut.BEHIND_COMMIT, False] == outcomes[Cut.IN_THE_ANSWER, False] == 0
    for outcome in (
        (Cut.BEFORE_COMMIT, False),
        (Cut.BEHIND_COMMIT, True),
        (Cut.WITH_COMMIT, "again"),
    ):
        assert outcomes[outcome] > 2, f"{outcome} was not met"


def last_cursor(store: ServerStore) -> int:
    ((cursor,),) = store.sql("select cursor from scope where name = 'system'")
    return int(cursor)


def check(url: str, commits: list[Commit]) -> None:
    """The log has each event once, at its place, and the rows are what it comes to."""
    with open_for_reading(url) as reader:
        log = reader.log(limit=100_000)
        rows = {("vm", one.value.id): (one.value, one.seq) for one in reader.vdss.vms.list()}
        promised = len(reader.expectations.list()), len(reader.intents.list())
        counted = reader.commits()
    told = [event for commit in commits for event in commit.events]
    assert [one.event for one in log] == told
    assert [one.cursor for one in log] == list(range(1, len(told) + 1))
    assert rows == {thing: (row.value, row.seq) for thing, row in replayed(log).items()}
    assert promised == (COMMITS, COMMITS)
    assert counted == COMMITS
