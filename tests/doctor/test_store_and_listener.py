"""The store and the address: with room, in order, and whose they are."""

import os
import socket
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.doctor.conftest import SetUp, bad, notes
from tests.ports import free_port
from vurti.api.application import application, json_page
from vurti.api.listener import Listener
from vurti.clock.gevent_clock import GeventClock
from vurti.clock.virtual_clock import VirtualClock
from vurti.config.listen import Place
from vurti.doctor import Finding, store
from vurti.doctor.listening import look_at_the_listeners
from vurti.events import event
from vurti.model import Vm
from vurti.model.bookmark import Bookmark, DeadLetter
from vurti.model.commit import Commit
from vurti.repository import Repository, open_repository

DAY_SECS = 86_400


def of_store(setup: SetUp) -> list[Finding]:
    return list(store.look_at_the_store(setup.config, GeventClock()))


@pytest.fixture
def kept(setup: SetUp) -> Iterator[Repository]:
    """A store that a vurti holds, with one event in it from ten days ago."""
    setup.write('[repository]\nurl = "sqlite:///v.db"\nlog_days = 30')
    repository = open_repository(
        f"sqlite:///{setup.home / 'v.db'}", "system", VirtualClock().worker()
    )
    repository.start()
    then = GeventClock().wall() - 10 * DAY_SECS
    told = event(None, Vm("vm1"), id="first")
    assert told is not None
    repository.commit(Commit(1, 1, (), (), (told,)), then)
    yield repository
    repository.close()


def test_a_store_that_a_vurti_holds_is_well_and_says_whose_it_is(
    setup: SetUp, kept: Repository
) -> None:
    found = of_store(setup)
    assert [one for one in found if one.verdict != "ok"] == []
    told = " ".join(one.what for one in found)
    assert f"a vurti holds it (pid {os.getpid()}" in told
    assert "its log has 1 events of 10.0 days" in told
    kept.close()
    assert any("no vurti holds it" in one.what for one in of_store(setup))
    assert store.holder_of(setup.config) == ""


def test_looking_takes_the_store_from_nobody(setup: SetUp, kept: Repository) -> None:
    before = kept.log_bounds()
    kept.close()
    of_store(setup)
    with open_repository(
        f"sqlite:///{setup.home / 'v.db'}", "system", VirtualClock().worker()
    ) as again:
        again.start()
        assert again.log_bounds() == before


def test_a_store_that_is_not_there_yet_is_no_fault(setup: SetUp) -> None:
    setup.write('[repository]\nurl = "sqlite:///v.db"')
    assert bad(of_store(setup)) == []
    assert not (setup.home / "v.db").exists()


def test_a_store_in_memory_is_noted(setup: SetUp) -> None:
    setup.write('[repository]\nurl = "sqlite://"')
    assert [one.what for one in notes(of_store(setup))] == ["what it knows ends with vurti"]


def test_a_directory_that_is_not_there_is_to_be_made(setup: SetUp) -> None:
    setup.write('[repository]\nurl = "sqlite:///nowhere/v.db"')
    assert [one.way_out for one in bad(of_store(setup))] == [f"mkdir -p {setup.home / 'nowhere'}"]


def test_somebody_elses_database_is_bad(setup: SetUp) -> None:
    setup.write('[repository]\nurl = "sqlite:///v.db"')
    with sqlite3.connect(setup.home / "v.db") as database:
        database.execute("create table others (x)")
    database.close()
    assert any("not one of vurti's" in one.what for one in bad(of_store(setup)))


def test_a_store_that_everybody_may_read_is_bad(setup: SetUp, kept: Repository) -> None:
    (setup.home / "v.db").chmod(0o644)
    assert [one.way_out for one in bad(of_store(setup))] == [f"chmod o= {setup.home / 'v.db'}*"]


def test_a_disk_that_is_nearly_full_is_told_before_it_is(
    setup: SetUp, kept: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = SimpleNamespace(free=store.FREE_BYTES_LOW - 1)
    monkeypatch.setattr(store.shutil, "disk_usage", lambda _: free)
    assert ["make room" in one.way_out for one in notes(of_store(setup))] == [True]
    free.free = store.FREE_BYTES_MIN - 1
    assert ["make room" in one.way_out for one in bad(of_store(setup))] == [True]


def test_a_log_that_grows_beyond_what_was_wished_and_one_that_no_reader_lets_go_are_noted(
    setup: SetUp, kept: Repository
) -> None:
    setup.write('[repository]\nurl = "sqlite:///v.db"\nlog_days = 3')
    (found,) = notes(of_store(setup))
    assert "more than the 3 days and 10000000 events that are wished" in found.what


def test_a_write_ahead_log_that_nobody_takes_in_is_noted(
    setup: SetUp, kept: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "WAL_BYTES_MAX", 1)
    assert any("-wal" in one.what for one in notes(of_store(setup)))


def keep(repository: Repository, **fields: Any) -> None:
    bookmark = Bookmark(name="hook", kind="webhook", stream="vms", cursor=0, **fields)
    repository.readers.keep(bookmark, [DeadLetter(id="e", cursor=1, refused_at=0.0, reason="r",
                                                  body="b")])  # fmt: skip


def test_a_reader_that_fails_has_lost_something_or_has_dead_letters_is_told(
    setup: SetUp, kept: Repository
) -> None:
    keep(kept, failing_since=1.0, failure="\x1b[31mrefused")
    with closing(sqlite3.connect(setup.home / "v.db")) as database, database:
        database.execute("update reader set lost = 3")
    found = of_store(setup)
    fails, lost = bad(found)
    assert fails.what == "fails since 1970-01-01 00:00:01Z, 1 events behind: \x1b[31mrefused"
    assert lost.what == "3 events were forgotten before it had read them"
    assert [one.what for one in notes(found)] == ["its receiver could not read 1 of them"]


def test_a_reader_that_is_well_tells_how_far_it_is(setup: SetUp, kept: Repository) -> None:
    keep(kept)
    assert any(one.what == "is 1 events behind" for one in of_store(setup))


Answer = Callable[..., Place]


@pytest.fixture
def answer() -> Iterator[Answer]:
    """Something that answers /livez so."""
    running: list[Listener] = []

    def started(alive: bool, body: dict[str, object]) -> Place:
        pages = {"/livez": json_page(lambda: (alive, body))}
        running.append(
            Listener(GeventClock(), Place("127.0.0.1", 0), application(pages, local_only=True))
        )
        running[-1].start()
        assert running[-1].url is not None
        return Place("127.0.0.1", int(running[-1].url.rpartition(":")[2]))

    yield started
    for one in running:
        one.close()


def of_listener(
    setup: SetUp, address: str, running: bool | None = None, more: str = ""
) -> list[Finding]:
    setup.write(f'[listen]\naddress = "{address}"\n{more}')
    return list(look_at_the_listeners(setup.config, running))


def served(look: Callable[[], list[Finding]]) -> list[Finding]:
    """What is found from another thread, while this one answers."""
    worker = GeventClock().worker()
    try:
        return worker.run(look)
    finally:
        worker.close()


def test_an_address_that_is_free_is_well(setup: SetUp) -> None:
    (found,) = of_listener(setup, f"127.0.0.1:{free_port()}")
    assert (found.verdict, found.what) == ("ok", "free")


def test_a_vurti_that_answers_there_is_well_one_that_hangs_and_one_of_another_store_are_not(
    setup: SetUp, answer: Answer
) -> None:
    place = answer(True, {"alive": True, "why": None})
    (found,) = served(lambda: of_listener(setup, str(place), running=True))
    assert (found.verdict, found.what) == ("ok", "a vurti answers there, and is alive")
    (found,) = served(lambda: of_listener(setup, str(place), running=False))
    assert (found.verdict, found.way_out) == (
        "bad", "set another [listen] address for one of them",
    )  # fmt: skip
    hung = answer(False, {"alive": False, "why": "none of 4 hosts was asked for 31 s"})
    (found,) = served(lambda: of_listener(setup, str(hung)))
    assert (found.verdict, found.way_out) == ("bad", "restart it")
    assert "none of 4 hosts" in found.what


def test_another_program_there_is_bad(setup: SetUp, answer: Answer) -> None:
    place = answer(True, {"who": "somebody else"})
    (found,) = served(lambda: of_listener(setup, str(place)))
    assert (found.verdict, found.what) == ("bad", "another program answers there")


def test_an_address_that_is_none_of_this_machines_is_bad(setup: SetUp) -> None:
    more = "allow_remote = true"
    (found,) = bad(of_listener(setup, "192.0.2.1:7177", more=more)) or [None]
    assert found is not None


def test_nowhere_and_everywhere_are_noted(setup: SetUp) -> None:
    assert "nobody can see" in notes(of_listener(setup, ""))[0].what
    every = of_listener(setup, f"0.0.0.0:{free_port()}", more="allow_remote = true")
    assert "nobody is asked for a token" in notes(every)[0].what


def test_a_unix_socket_is_free_where_nobody_listens(setup: SetUp, tmp_path: Path) -> None:
    (found,) = of_listener(setup, f"unix:{tmp_path}/v.sock")
    assert found.what == "free"


def test_the_address_of_the_api_is_looked_at_and_who_may_come(setup: SetUp) -> None:
    place = f"127.0.0.1:{free_port()}"
    found = of_listener(setup, "", more=f'[api]\naddress = "{place}"')
    assert ("ok", "free") in [(one.verdict, one.what) for one in found]
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        place = f"127.0.0.1:{taken.getsockname()[1]}"
        more = f'[api]\naddress = "{place}"'
        assert [one.way_out for one in bad(of_listener(setup, "", False, more))] == [
            "set another [api] address"
        ]
        assert bad(of_listener(setup, "", True, more)) == []


def test_an_api_for_other_machines_needs_a_token_and_should_have_tls(setup: SetUp) -> None:
    found = of_listener(setup, "", more=f'[api]\naddress = "0.0.0.0:{free_port()}"')
    assert [one.way_out for one in bad(found)] == ["vurti token create"]
    assert any("without TLS" in one.what for one in notes(found))
    (setup.home / "tokens.json").write_text("[]")
    found = of_listener(setup, "", more=f'[api]\naddress = "0.0.0.0:{free_port()}"')
    assert bad(found) == []
