"""`vurti sinks` and `vurti intents`: what is stored is what is shown."""

import json
import time

import pytest

from tests.cli.conftest import Ask, Store
from vurti.events import event
from vurti.model import Intent, IntentKind, IntentState, Vm
from vurti.model.bookmark import Bookmark, DeadLetter
from vurti.model.commit import Commit


@pytest.fixture
def told(store: Store) -> Store:
    """Two events, and a sink that has told one of them and failed at another."""
    store.commit(event(None, Vm("a"), id="1"), event(None, Vm("b"), id="2"))
    letter = DeadLetter(id="0", cursor=1, refused_at=time.time(), reason="400 \x1b[2J", body="{}")
    store.repository.readers.keep(
        Bookmark(
            name="pager", kind="webhook", stream="events", cursor=1, sent=3, retries=4, dead=1,
            failing_since=time.time() - 70, failure="no route",
        ),
        [letter],
    )  # fmt: skip
    store.repository.readers.keep(
        Bookmark(name="audit", kind="ndjson", stream="vms", cursor=2, sent=2)
    )
    return store


def test_it_tells_how_far_each_sink_is_and_how_it_is(told: Store, ask: Ask) -> None:
    lines = ask("sinks", "--json").output.splitlines()
    audit, pager = map(json.loads, lines)
    assert (audit["name"], audit["behind"], audit["lag_secs"]) == ("audit", 0, 0.0)
    assert (pager["behind"], pager["sent"], pager["retries"], pager["dead_letters"]) == (1, 3, 4, 1)
    assert pager["lag_secs"] > 0
    table = ask("sinks").output
    assert "fails since 1 min ago: no route" in table
    assert "well" in table


def test_dead_letters_are_shown_and_cannot_steer_the_terminal(told: Store, ask: Ask) -> None:
    shown = ask("sinks", "--dead", "pager").output
    assert "400" in shown
    assert "\x1b" not in shown
    (line,) = ask("sinks", "--dead", "pager", "--json").output.splitlines()
    assert json.loads(line)["id"] == "0"
    assert ask("sinks", "--dead", "audit").stderr == "no dead letters\n"


def test_a_sink_is_asked_to_try_again(told: Store, ask: Ask) -> None:
    assert ask("sinks", "--retry", "pager").exit_code == 0
    asked = {one.name: one.asked_at for one in told.repository.bookmarks()}
    assert asked["audit"] is None
    assert asked["pager"] is not None


def test_a_sink_that_there_is_not_is_told_with_the_nearest(told: Store, ask: Ask) -> None:
    refused = ask("sinks", "--retry", "pagr")
    assert refused.exit_code == 2
    assert refused.stderr == "vurti: there is no sink pagr (did you mean `pager`?)\n"


def test_intents_are_listed_and_the_ended_ones_where_asked_for(store: Store, ask: Ask) -> None:
    now = time.time()
    one = Intent("i1", IntentKind.RESTART_VM, "a", now - 5, now + 60, reason="lost")
    two = Intent("i2", IntentKind.FENCE_HOST, "h", now - 5, now + 60, state=IntentState.WITHDRAWN,
                 ended_at=now)  # fmt: skip
    store.repository.commit(Commit(1, 1, intents=(one, two)))
    lines = ask("intents", "--json").output.splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["i1"]
    every = ask("intents", "--all", "--json").output.splitlines()
    assert [json.loads(line)["id"] for line in every] == ["i1", "i2"]
    assert len(ask("intents", "--all", "--json", "--about", "h").output.splitlines()) == 1
    assert len(ask("intents", "--all", "--json", "--limit", "1").output.splitlines()) == 1
    assert "restart_vm" in ask("intents").output
